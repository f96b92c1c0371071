/** The table of runs, column by column: 50,000 runs cross the socket as a few dozen lists instead of millions of keys. */
import { runFields, type FieldValue, type RunFields } from '../../experiments/review/run-fields.ts'
import type { Store } from '../store/open-store.ts'
import { configurationHash } from './seed-siblings.ts'

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
  const runs = store.runs.page(before, limit)
  const experiments = new Map<number, { spec: Parameters<typeof configurationHash>[0]; configuration: string }>()
  const rows = runs.map(({ experiment, ...run }): RunFields => {
    const known = experiments.get(experiment)
    if (known) return runFields({ run, ...known, epochs: store.runs.epochs(run.id) })
    const { spec, document } = store.runs.experiment(run.id)
    const made = { spec, configuration: configurationHash(spec, document) }
    experiments.set(experiment, made)
    return runFields({ run, ...made, epochs: store.runs.epochs(run.id) })
  })
  const names = new Set(rows.flatMap((row) => Object.keys(row)))
  const last = runs.at(-1)
  return {
    ids: runs.map(({ id }) => id),
    columns: Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name] ?? null)])),
    next: runs.length === limit && last ? last.id : null,
  }
}
