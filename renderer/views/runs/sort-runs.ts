/** The order of the runs table. Runs without a value in the sorted column come last either way; equal ones stay newest first. */
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import { runShare } from '../../state/runs.svelte.ts'

export type RunColumn =
  'name' | 'status' | 'network' | 'dataset' | 'progress' | 'best' | 'test' | 'createdAt' | 'duration'

export interface RunOrder {
  readonly column: RunColumn
  readonly descending: boolean
}

const statusOrder = { running: 0, queued: 1, paused: 2, failed: 3, stopped: 4, finished: 5 }

export function sortRuns(runs: readonly RunSummary[], { column, descending }: RunOrder): readonly RunSummary[] {
  const text = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
  return [...runs].sort((a, b) => {
    const left = sortValue(a, column)
    const right = sortValue(b, column)
    if (left === null || right === null) return Number(left === null) - Number(right === null) || b.id - a.id
    const order = typeof left === 'string' ? text.compare(left, String(right)) : left - Number(right)
    return (descending ? -order : order) || b.id - a.id
  })
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
  }
}

/** How long it has trained, or had until it ended; null before it began. */
export function runSeconds(
  { startedAt, endedAt }: Pick<RunSummary, 'startedAt' | 'endedAt'>,
  now: number,
): number | null {
  return startedAt === null ? null : Math.max(0, ((endedAt ?? now) - startedAt) / 1000)
}
