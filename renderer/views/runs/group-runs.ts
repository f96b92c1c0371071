/**
 * Rows of the table in groups. Groups stand in the order of their first run, runs within a group in the order of the table: whatever is
 * sorted by, a group stays together and the group with the best run comes first.
 */
import type { FieldValue } from '../../../experiments/review/run-fields.ts'
import { mean, standardDeviation } from '../../../experiments/statistics/bootstrap.ts'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'

export type TableRow =
  | { readonly kind: 'run'; readonly run: RunSummary }
  | {
      readonly kind: 'group'
      readonly name: string
      readonly count: number
      readonly isOpen: boolean
      /** Of the best accuracies of its runs; null where none has one. */
      readonly accuracy: GroupAccuracy | null
    }

export interface GroupAccuracy {
  readonly best: number
  readonly mean: number
  /** Of the sample; null of a single run. */
  readonly deviation: number | null
}

/** @param groupOf a run with several values, such as tags, is in the group of each */
export function tableRows(
  sorted: readonly RunSummary[],
  groupOf: (run: RunSummary) => FieldValue,
  closed: ReadonlySet<string>,
): readonly TableRow[] {
  const groups = new Map<string, RunSummary[]>()
  for (const run of sorted) {
    const value = groupOf(run)
    const names = Array.isArray(value) ? (value.length > 0 ? value : ['']) : [value === null ? '' : String(value)]
    for (const name of names) {
      const group = groups.get(name)
      if (group) group.push(run)
      else groups.set(name, [run])
    }
  }
  return [...groups].flatMap(([name, runs]): readonly TableRow[] => {
    const isOpen = !closed.has(name)
    const head = { kind: 'group', name, count: runs.length, isOpen, accuracy: accuracyOf(runs) } as const
    return isOpen ? [head, ...runs.map((run) => ({ kind: 'run', run }) as const)] : [head]
  })
}

function accuracyOf(runs: readonly RunSummary[]): GroupAccuracy | null {
  const values = runs.flatMap(({ best }) => (best ? [best.accuracy] : []))
  if (values.length === 0) return null
  const best = values.reduce((a, b) => Math.max(a, b))
  return { best, mean: mean(values), deviation: values.length < 2 ? null : standardDeviation(values) }
}
