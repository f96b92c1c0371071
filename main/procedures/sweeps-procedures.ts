/** Searching hyper-parameters: what the service answers. */
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { SweepDetail, SweepSummary } from '../../experiments/tuning/sweep-record.ts'
import type { SweepEdit } from '../../experiments/tuning/sweep-spec.ts'
import { branchTrial } from '../tuning/branch-trial.ts'
import { detailOf, summaryOf } from '../tuning/sweep-view.ts'
import type { StudioParts } from './studio-parts.ts'

type One = { readonly sweep: number }

export function sweepsProcedures(parts: StudioParts) {
  const { store, sweeper, adviser } = parts
  const summary = (sweep: number): SweepSummary => summaryOf(store, store.sweeps.get(sweep))
  return {
    'sweeps.create': async ({ spec }: { readonly spec: unknown }) => summary(await sweeper.create(spec)),
    'sweeps.adviseParallel': ({ experiment }: { readonly experiment: unknown }) => adviser.advise(experiment),
    'sweeps.list': (): SweepSummary[] => store.sweeps.list().map((sweep) => summaryOf(store, sweep)),
    'sweeps.get': ({ sweep }: One): SweepDetail => detailOf(store, store.sweeps.get(sweep)),
    'sweeps.pause': async ({ sweep }: One) => {
      await sweeper.pause(sweep)
      return summary(sweep)
    },
    'sweeps.resume': ({ sweep }: One) => {
      sweeper.resume(sweep)
      return summary(sweep)
    },
    'sweeps.extend': ({
      sweep,
      trials,
      epochs,
    }: One & { trials?: number | undefined; epochs?: number | undefined }) => {
      sweeper.extend(sweep, { trials, epochs })
      return summary(sweep)
    },
    'sweeps.edit': async ({ sweep, change }: One & { readonly change: SweepEdit }) => {
      await sweeper.edit(sweep, change)
      return summary(sweep)
    },
    'sweeps.retryFailed': ({ sweep }: One) => {
      sweeper.retryFailed(sweep)
      return summary(sweep)
    },
    'sweeps.branch': (request: One & { trial: number; epochs?: number | undefined }): Promise<RunSummary> =>
      branchTrial(request, parts),
    'sweeps.delete': async ({ sweep }: One): Promise<Record<string, never>> => {
      await sweeper.delete(sweep)
      return {}
    },
    'sweeps.restore': ({ sweep }: One) => {
      sweeper.restore(sweep)
      return summary(sweep)
    },
  }
}
