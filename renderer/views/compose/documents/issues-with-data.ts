/** Problems of a drawing, and those that it has with the data chosen for its training. */
import type { DatasetRecord } from '../../../../experiments/data/dataset-record.ts'
import type { Issue } from '../../../../experiments/errors/studio-error.ts'
import { checkDataset, type DatasetShape } from '../../../../experiments/network/check-network.ts'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'

export function shapeOf(dataset: DatasetRecord | undefined): DatasetShape | undefined {
  if (!dataset) return undefined
  const { height, width, channels, classes } = dataset
  return { input: { height, width, channels }, classes: classes.length }
}

export function issuesWithData(editor: NetworkEditor, dataset: DatasetShape | undefined): readonly Issue[] {
  return dataset ? [...editor.issues, ...checkDataset(editor.lowered, dataset)] : editor.issues
}
