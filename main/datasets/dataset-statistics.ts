/** What was computed once of a dataset: how many examples each class has, and mean, deviation and principal components of its colours. */
import { openPixelFile } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

export interface DatasetStatistics {
  readonly classCounts: { train: number[]; test: number[] }
  readonly mean: number[]
  readonly std: number[]
  readonly components: { direction: number[]; deviation: number }[]
}

export function datasetStatistics(name: string, options: PrepareOptions): Promise<DatasetStatistics> {
  return withPreparedFile(findDataset(name, options.home), options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    await handle.close()
    return { classCounts: { train: index.train.classCounts, test: index.test.classCounts }, ...index.statistics }
  })
}
