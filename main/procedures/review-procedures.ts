/** Reviewing, diffing and branching runs: what the service answers. */
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import type { ReviewChange } from '../../experiments/runs/run-review.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { prepareBranch, type BranchRequest } from '../review/prepare-branch.ts'
import { reviewRows, type ReviewPage } from '../review/review-rows.ts'
import { seedSiblings } from '../review/seed-siblings.ts'
import type { StudioParts } from './studio-parts.ts'

export function reviewProcedures({ store, queue, home, engines, emit }: StudioParts) {
  const announce = (runs: readonly number[]): void => queue.recorder.announceAll(runs)
  return {
    'runs.branch': async (request: BranchRequest): Promise<RunSummary> => {
      const { run, parent, checkpoint, dataset } = await prepareBranch(request, { store, home, engines })
      store.datasets.remember(dataset)
      store.checkpoints.pin(checkpoint)
      return queue.enqueue(run, {}, parent)
    },
    'runs.page': ({ before, limit }: { before?: number | undefined; limit: number }) => {
      const runs = store.runs
        .page(before, limit)
        .map(({ experiment: _experiment, ...run }) => queue.recorder.withProgress(run))
      const last = runs.at(-1)
      return { runs, next: runs.length === limit && last ? last.id : null }
    },
    'review.mark': ({ runs, change }: { runs: number[]; change: ReviewChange }): Record<string, never> => {
      for (const run of runs) store.runs.get(run)
      store.reviews.change(runs, change)
      announce(runs)
      return {}
    },
    'review.rows': (page: { before?: number | undefined; limit: number }): ReviewPage => reviewRows(store, page),
    'review.siblings': ({ runs }: { runs: number[] }) => runs.map((run) => seedSiblings(store, run)),
    'review.views': () => ({ views: store.reviews.views() }),
    'review.saveView': ({ name, view }: { name: string; view: JsonObject }) => {
      store.reviews.saveView(name, view)
      emit('review.viewsChanged', { views: store.reviews.views() })
      return {}
    },
    'review.deleteView': ({ name }: { name: string }) => {
      store.reviews.deleteView(name)
      emit('review.viewsChanged', { views: store.reviews.views() })
      return {}
    },
  }
}
