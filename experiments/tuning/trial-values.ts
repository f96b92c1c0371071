/** What a trial reached, objective by objective. Curves are of the first seed; a whole trial counts with the mean over its seeds. */
import type { Observation } from './searchers/searcher.ts'
import type { SweepTrial } from './sweep-record.ts'
import { isMaximised, type Objective } from './sweep-spec.ts'

/** Epochs that count: those of a trial that was stopped end where the verdict was given, whatever it trained until it had stopped. */
export function measuredEpochs({ curve, verdict, target }: SweepTrial): number {
  return verdict === null ? curve.accuracy.length : Math.min(curve.accuracy.length, target)
}

/** Null before the first epoch. @param epochs counts so many only, of the first seed */
export function trialValue(trial: SweepTrial, { metric }: Objective, epochs?: number): number | null {
  if (metric === 'parameters') return trial.parameters
  if (metric === 'multiplyAdds') return trial.multiplyAdds
  const count = Math.min(epochs ?? Number.POSITIVE_INFINITY, measuredEpochs(trial))
  if (count === 0) return null
  if (metric === 'seconds') return trial.curve.seconds.slice(0, count).reduce((sum, seconds) => sum + seconds, 0)
  const first = bestOf(metric, trial.curve[metric].slice(0, count))
  if (epochs !== undefined || trial.state !== 'complete') return first
  const values = [first, ...furtherValues(trial, metric)]
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The first trial whose accuracy got to `target`, and after how many epochs; undefined where none has. */
export function firstAtTarget(
  trials: readonly SweepTrial[],
  target: number,
): { readonly trial: number; readonly epochs: number } | undefined {
  for (const trial of trials) {
    const epoch = trial.curve.accuracy.slice(0, measuredEpochs(trial)).findIndex((accuracy) => accuracy >= target)
    if (epoch >= 0) return { trial: trial.number, epochs: epoch + 1 }
  }
  return undefined
}

/** Of its whole seeds, the first one included; empty for a trial that is not complete. */
export function seedValues(trial: SweepTrial, { metric }: Objective): readonly number[] {
  if ((metric !== 'accuracy' && metric !== 'loss') || trial.state !== 'complete') return []
  return [bestOf(metric, trial.curve[metric]), ...furtherValues(trial, metric)]
}

/** Smaller is better. */
export function asLoss(value: number, objective: Objective): number {
  return isMaximised(objective) ? -value : value
}

/** One loss an objective; null as long as one of them is not known. */
export function trialLosses(trial: SweepTrial, objectives: readonly Objective[]): readonly number[] | null {
  const values = objectives.map((objective) => {
    const value = trialValue(trial, objective)
    return value === null ? null : asLoss(value, objective)
  })
  return values.every((value) => value !== null) ? values : null
}

/** Losses by epoch, of the first objective that a curve has. */
export function lossCurve(trial: SweepTrial, objective: Objective): readonly number[] {
  const { metric } = objective
  if (metric !== 'accuracy' && metric !== 'loss') return []
  return trial.curve[metric].slice(0, measuredEpochs(trial)).map((value) => asLoss(value, objective))
}

/** A trial as searchers see it. */
export function observe(trial: SweepTrial, objectives: readonly Objective[]): Observation {
  const losses = trialLosses(trial, objectives)
  const seen = {
    ...{ number: trial.number, configuration: trial.configuration, resource: measuredEpochs(trial) },
    cost: trial.multiplyAdds ?? undefined,
  }
  switch (trial.state) {
    case 'complete':
      return { ...seen, state: 'complete', losses }
    case 'rung':
      return { ...seen, state: losses === null ? 'failed' : 'partial', losses }
    case 'stopped':
      return { ...seen, state: losses === null ? 'failed' : 'stopped', losses }
    case 'failed':
    case 'impossible':
      return { ...seen, state: 'failed', losses: null }
    default:
      return { ...seen, state: 'running', losses: null }
  }
}

/** The best trial by the first objective: whole ones first, of the others those that came furthest. */
export function bestTrial(trials: readonly SweepTrial[], objective: Objective): SweepTrial | undefined {
  const measured = trials.filter(({ state }) => state !== 'failed' && state !== 'impossible')
  const whole = measured.filter(({ state }) => state === 'complete')
  const furthest = Math.max(0, ...measured.map(measuredEpochs))
  const compared = whole.length > 0 ? whole : measured.filter((trial) => measuredEpochs(trial) === furthest)
  let best: { trial: SweepTrial; loss: number } | undefined
  for (const trial of compared) {
    const value = trialValue(trial, objective)
    if (value === null) continue
    const loss = asLoss(value, objective)
    if (best === undefined || loss < best.loss) best = { trial, loss }
  }
  return best?.trial
}

function furtherValues({ replicates }: SweepTrial, metric: 'accuracy' | 'loss'): readonly number[] {
  return replicates.flatMap((run) => (run.status === 'finished' ? (run[metric] ?? []) : []))
}

function bestOf(metric: 'accuracy' | 'loss', values: readonly number[]): number {
  return metric === 'accuracy' ? Math.max(...values) : Math.min(...values)
}
