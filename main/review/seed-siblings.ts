/** Runs of one configuration: the same network, data and settings, whatever the seed and the name. */
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { Store } from '../store/open-store.ts'

/** Finished runs of the configuration of `run`, itself among them. A branch is another one than a run from the beginning. @throws StudioError `run-not-found` */
export function seedSiblings(store: Store, run: number): RunSummary[] {
  const own = store.runs.get(run)
  return store.runs.ofSameConfiguration(run).filter((candidate) => {
    if (candidate.id === run) return true
    return candidate.status === 'finished' && !candidate.review.archived && isBranch(candidate) === isBranch(own)
  })
}

function isBranch({ review }: RunSummary): boolean {
  return review.parent !== null
}
