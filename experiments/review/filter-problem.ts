/** What can be wrong with a filter. Clients know a problem by its kind, and may say it in the person's language. */
import { StudioError } from '../errors/studio-error.ts'

export const filterProblems = {
  'open-text': (got) => `the text that begins with ${got} has no end: close it with ${got}`,
  'foreign-sign': (got) => `"${got}" means nothing here; put text with signs in quotes`,
  'expected-joint': (got) => `expected and, or, or the end, got "${got}"`,
  'too-deep': () => 'the filter is nested too deeply',
  'expected-bracket': () => 'expected ")"',
  'expected-field': (got) => `expected a field like best.accuracy, got "${got}"`,
  'ends-early': () => 'the filter ends where a field was expected, as in seed = 1',
  'expected-list': () => 'expected a list in brackets, as in seed in [1, 2, 3]',
  'expected-list-end': () => 'expected "," or "]"',
  'expected-value': () => 'expected a value: a number, a word, or text in quotes',
  'unknown-field': (got, nearest) =>
    `no run has a field "${got}"${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
} as const satisfies Readonly<Record<string, (got: string, nearest?: string) => string>>

export type FilterProblem = keyof typeof filterProblems

export interface FoundProblem {
  readonly kind: FilterProblem
  /** Where in the text, from 0. */
  readonly at: number
  /** What stands there. */
  readonly got?: string
  /** A name that may have been meant. */
  readonly nearest?: string | undefined
}

/** With the place under the text, as compilers show it. */
export function filterError(text: string, { kind, at, got = '', nearest }: FoundProblem): StudioError {
  const problem = filterProblems[kind](got, nearest)
  return new StudioError('usage', `filter: ${problem}\n  ${text}\n  ${' '.repeat(at)}^`, {
    ...{ filter: text, at, problem, kind, got },
    ...(nearest !== undefined && { nearest }),
  })
}
