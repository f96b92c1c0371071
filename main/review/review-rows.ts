/** The table of runs, column by column: 50,000 runs cross the socket as a few dozen lists instead of millions of keys. */
import { runFields, type FieldValue } from '../../experiments/review/run-fields.ts'
import type { Store } from '../store/open-store.ts'

export interface ReviewPage {
  readonly ids: number[]
  readonly columns: Record<string, FieldValue[]>
  readonly next: number | null
}

/** Runs below `before`, the newest first. */
export function reviewRows(
  store: Store,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): ReviewPage {
  const runs = store.runs.reviewPage(before, limit)
  const rows = runs.map(runFields)
  const names = new Set(rows.flatMap((row) => Object.keys(row)))
  const last = runs.at(-1)?.run
  return {
    ids: runs.map(({ run }) => run.id),
    columns: Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name] ?? null)])),
    next: runs.length === limit && last ? last.id : null,
  }
}
