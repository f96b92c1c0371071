/** What is wrong with a filter, in the language of the window. */
import type { ErrorRecord } from '../../../experiments/errors/studio-error.ts'
import type { Messages } from '../../i18n/en.ts'

export function filterProblemText(t: Messages, { message, details }: ErrorRecord): string {
  const { problem, kind, got, nearest } = details
  const words = typeof kind === 'string' ? t.runs.filterProblems[kind] : undefined
  if (words) return words(typeof got === 'string' ? got : '', typeof nearest === 'string' ? nearest : undefined)
  return typeof problem === 'string' ? problem : message
}
