/** Everything about one run in one answer. */
import type { RunDetail } from '../../experiments/runs/run-record.ts'
import type { RunQueue } from '../queue/run-queue.ts'
import type { Store } from '../store/open-store.ts'

/** @throws StudioError `run-not-found` */
export function runDetail(store: Store, queue: Pick<RunQueue, 'get'>, run: number): RunDetail {
  const summary = queue.get(run)
  const { spec, document } = store.runs.experiment(run)
  return {
    ...summary,
    spec,
    networkDocument: document,
    environment: store.runs.environment(run),
    epochs: store.runs.epochs(run),
    checkpoints: store.checkpoints.list(run),
  }
}
