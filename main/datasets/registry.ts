/** The datasets the studio knows. Adding one is a file and a line here. */
import { unknownDataset } from './dataset-errors.ts'
import type { DatasetSource } from './dataset-source.ts'
import { fashionMnist } from './fashion-mnist.ts'
import { mnist } from './mnist.ts'
import { shapes } from './shapes.ts'

export const datasetSources: readonly DatasetSource[] = [fashionMnist, mnist, shapes]

/** Throws `unknown-dataset` with the nearest known name. */
export function findDataset(name: string): DatasetSource {
  const source = datasetSources.find((candidate) => candidate.name === name)
  if (source) return source
  throw unknownDataset(
    name,
    datasetSources.map((candidate) => candidate.name),
  )
}
