/** Sweeps as clients see them. */
import { spentEpochs } from '../../experiments/tuning/next-step.ts'
import {
  trialState,
  type SweepDetail,
  type SweepSummary,
  type SweepTrial,
  type TrainingSpan,
} from '../../experiments/tuning/sweep-record.ts'
import { thinSamples, type MachineSample } from '../../experiments/queue/machine-sample.ts'
import { axisName } from '../../experiments/tuning/space/axis-spec.ts'
import { isMaximised } from '../../experiments/tuning/sweep-spec.ts'
import { bestTrial, trialValue } from '../../experiments/tuning/trial-values.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredSweep } from '../store/sweep-table.ts'

export function summaryOf(store: Store, sweep: StoredSweep): SweepSummary {
  return summarise(sweep, store.sweeps.trials(sweep.id))
}

export function detailOf(store: Store, sweep: StoredSweep): SweepDetail {
  const trials = store.sweeps.trials(sweep.id)
  const { spec, id } = sweep
  const spans = store.sweeps.spans(id)
  return {
    ...summarise(sweep, trials),
    ...{ spec, trials, decisions: store.sweeps.decisions(id), spans, machine: machineDuring(store, spans) },
  }
}

/** More do not fit side by side into a chart. */
const mostSamples = 240

function machineDuring(store: Store, spans: readonly TrainingSpan[]): MachineSample[] {
  const [first] = spans
  if (first === undefined) return []
  const end = spans.reduce((latest, { to }) => Math.max(latest, to ?? Number.POSITIVE_INFINITY), first.from)
  return thinSamples(store.machine.between(first.from, Math.min(end, Number.MAX_SAFE_INTEGER)), mostSamples)
}

function summarise({ spec, facts, ...sweep }: StoredSweep, trials: readonly SweepTrial[]): SweepSummary {
  const [objective = { metric: 'accuracy' } as const] = spec.objectives
  const best = bestTrial(trials, objective)
  const value = best && trialValue(best, objective)
  const counts = Object.fromEntries(trialState.options.map((state) => [state, 0])) as SweepSummary['counts']
  for (const { state } of trials) counts[state] += 1
  return {
    ...{ id: sweep.id, name: sweep.name, state: sweep.state, problem: sweep.problem, facts, counts },
    ...{ search: spec.search.type, fidelity: spec.fidelity.type },
    axes: spec.space.map(axisName),
    objective: { metric: objective.metric, maximised: isMaximised(objective) },
    budget: { trials: spec.budget.trials ?? null, epochs: spec.budget.epochs ?? null },
    spent: {
      trials: trials.length - counts.impossible,
      epochs: spentEpochs(trials, facts.maxEpochs),
      seconds: trials.reduce((sum, trial) => sum + secondsOf(trial), 0),
    },
    best: best && typeof value === 'number' ? { trial: best.number, value } : null,
    createdAt: sweep.createdAt,
    endedAt: sweep.endedAt,
  }
}

function secondsOf({ curve, replicates }: SweepTrial): number {
  const own = curve.seconds.reduce((sum, seconds) => sum + seconds, 0)
  return replicates.reduce((sum, { seconds }) => sum + seconds, own)
}
