/** The order of the runs table. Runs without a value in the sorted column come last either way; equal ones stay newest first. */
import type { FieldValue } from '../../../experiments/review/run-fields.ts'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import type { RunColumn, RunOrder } from '../../state/runs-table.svelte.ts'
import { runShare } from '../../state/runs.svelte.ts'

const statusOrder = { running: 0, queued: 1, paused: 2, failed: 3, stopped: 4, finished: 5 }

/** @param fieldValue the value of a field of a run, for columns that are fields */
export function sortRuns(
  runs: readonly RunSummary[],
  { column, descending }: RunOrder,
  fieldValue: (run: number, field: string) => FieldValue = () => null,
): readonly RunSummary[] {
  const text = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
  const field = column.startsWith('field:') ? column.slice('field:'.length) : undefined
  const valueOf = (run: RunSummary): string | number | null =>
    field === undefined ? sortValue(run, column) : sortable(fieldValue(run.id, field))
  // Beside their values: looking them up at each comparison takes longer than comparing them.
  const valued = runs.map((run) => ({ run, value: valueOf(run) }))
  valued.sort(({ run: a, value: left }, { run: b, value: right }) => {
    if (left === null || right === null) return Number(left === null) - Number(right === null) || b.id - a.id
    const order = typeof left === 'string' ? text.compare(left, String(right)) : left - Number(right)
    return (descending ? -order : order) || b.id - a.id
  })
  return valued.map(({ run }) => run)
}

function sortable(value: FieldValue): string | number | null {
  if (value === null || typeof value === 'number') return value
  return typeof value === 'boolean' ? Number(value) : String(value)
}

function sortValue(run: RunSummary, column: RunColumn): string | number | null {
  switch (column) {
    case 'name':
    case 'network':
    case 'dataset':
      return run[column]
    case 'status':
      return statusOrder[run.status]
    case 'progress':
      return runShare(run)
    case 'best':
      return run.best?.accuracy ?? null
    case 'test':
      return run.test?.accuracy ?? null
    case 'createdAt':
      return run.createdAt
    case 'duration':
      return runSeconds(run, Date.now())
    default:
      return null
  }
}

/** How long it has trained, or had until it ended; null before it began. */
export function runSeconds(
  { startedAt, endedAt }: Pick<RunSummary, 'startedAt' | 'endedAt'>,
  now: number,
): number | null {
  return startedAt === null ? null : Math.max(0, ((endedAt ?? now) - startedAt) / 1000)
}
