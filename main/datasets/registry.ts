/** The datasets the studio knows. Adding one is a file and a line here. */
import { unknownDataset } from './dataset-errors.ts'
import type { DatasetSource } from './dataset-source.ts'
import { cifar10, cifar100 } from './cifar.ts'
import { fashionMnist } from './fashion-mnist.ts'
import { importedSource } from './import/imported-note.ts'
import { mnist } from './mnist.ts'
import { shapes } from './shapes.ts'

export const datasetSources: readonly DatasetSource[] = [fashionMnist, mnist, shapes, cifar10, cifar100]

export function isBuiltIn(name: string): boolean {
  return datasetSources.some((source) => source.name === name)
}

/** One of these, or one that was imported into `home`. Throws `unknown-dataset` with the nearest known name. */
export function findDataset(name: string, home: string): DatasetSource {
  const source = datasetSources.find((candidate) => candidate.name === name) ?? importedSource(home, name)
  if (source) return source
  throw unknownDataset(
    name,
    datasetSources.map((candidate) => candidate.name),
  )
}
