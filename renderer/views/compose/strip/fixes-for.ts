/** The edits that would end an issue of the network that is being drawn, and what they are called. */
import { fixesOf, type Fix } from '../../../../experiments/editing/fix-issue.ts'
import type { Issue } from '../../../../experiments/errors/studio-error.ts'
import type { DatasetShape } from '../../../../experiments/network/check-network.ts'
import type { Messages } from '../../../i18n/en.ts'
import type { NetworkEditor } from '../../../state/network-editor.svelte.ts'

export function fixesFor(editor: NetworkEditor, issue: Issue, dataset: DatasetShape | undefined): readonly Fix[] {
  if (issue.severity === 'warning') return []
  const { document, lowered } = editor
  return fixesOf(issue, { document, lowered, dataset })
}

export function fixText({ kind, setting, opens }: Fix, t: Messages): string {
  const { fixes, setTo, opening } = t.analysis
  const words = (english: string): string => t.paramWords[english] ?? english
  const text = setting ? setTo(words(setting.label), words(setting.value)) : fixes[kind]
  return opens === undefined ? text : opening(text, opens)
}
