/** The edits that would end an issue of the network that is being drawn. */
import { fixesOf, type Fix } from '../../../../experiments/editing/fix-issue.ts'
import type { Issue } from '../../../../experiments/errors/studio-error.ts'
import type { DatasetShape } from '../../../../experiments/network/check-network.ts'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'

export function fixesFor(editor: NetworkEditor, issue: Issue, dataset: DatasetShape | undefined): readonly Fix[] {
  const { document, place, prefix, lowered } = editor
  if (place === undefined || issue.severity === 'warning') return []
  return fixesOf(issue, { document, place, prefix, lowered, dataset })
}
