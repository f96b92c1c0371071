/** Title and description of a dataset: translated where it is one of ours, its own words where it is not. */
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import type { Messages } from './en.ts'

export function datasetTitle(t: Messages, dataset: Pick<DatasetRecord, 'name' | 'title'>): string {
  return t.datasets[dataset.name]?.title ?? dataset.title
}

export function datasetSummary(t: Messages, dataset: Pick<DatasetRecord, 'name' | 'summary'>): string {
  return t.datasets[dataset.name]?.summary ?? dataset.summary
}
