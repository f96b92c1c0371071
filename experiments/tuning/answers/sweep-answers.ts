/**
 * What a sweep says: the best configuration and how sure that is, what mattered, the front of several objectives, and why each trial ended
 * where it did. Computed from the sweep's record alone, by the window and the command line alike.
 */
import { normalCdf } from '../math/normal-distribution.ts'
import { makeScheduler } from '../make-searcher.ts'
import { standingsAt } from '../fidelity/asha.ts'
import { scheduledTrials } from '../next-step.ts'
import { seedDeviation } from '../racing.ts'
import { compileSpace, positionsOf, type SearchSpace } from '../space/search-space.ts'
import type { MedianStop, SweepDetail, SweepTrial } from '../sweep-record.ts'
import type { Objective } from '../sweep-spec.ts'
import { asLoss, bestTrial, measuredEpochs, seedValues, trialLosses, trialValue } from '../trial-values.ts'
import { axisImportance, type AxisImportance } from './importance.ts'
import { paretoFront } from './pareto-front.ts'

export interface SweepAnswers {
  readonly best: BestAnswer | null
  readonly importance: readonly AxisImportance[]
  /** Epochs of training at which trials were compared for the importance; how many there were. */
  readonly importanceFrom: { readonly epochs: number; readonly trials: number }
  /** Numbers of the trials that no other one beats in every objective; with one objective, the best. */
  readonly front: readonly number[]
}

export interface BestAnswer {
  readonly trial: number
  readonly value: number
  /** Half the width of the 95 % interval; null where the noise is not known. */
  readonly margin: number | null
  /** What the noise was taken from: seeds of equal configurations, or the number of held-out examples. */
  readonly basis: 'seeds' | 'examples' | null
  readonly seeds: number
  /** The second best of those that came as far, and the probability that the best is better. */
  readonly runnerUp: { readonly trial: number; readonly value: number; readonly probability: number | null } | null
}

export function sweepAnswers(sweep: SweepDetail): SweepAnswers {
  const [objective = { metric: 'accuracy' }] = sweep.spec.objectives
  const space = spaceOf(sweep)
  const { epochs, trials } = comparableTrials(sweep, objective)
  const values = trials.map((trial) => asLoss(trialValue(trial, objective, epochs) ?? 0, objective))
  const points = space ? trials.map((trial) => positionsOf(space, trial.configuration).map((at) => at ?? 0.5)) : []
  const names = space?.axes.map(({ name }) => name) ?? []
  const losses = sweep.trials.map((trial) =>
    trial.state === 'failed' ? null : trialLosses(trial, sweep.spec.objectives),
  )
  const worst = sweep.spec.objectives.map(() => Number.POSITIVE_INFINITY)
  const front = paretoFront(losses.map((loss) => loss ?? worst)).map((index) => sweep.trials[index]?.number ?? 0)
  return {
    best: bestAnswer(sweep, objective),
    importance: axisImportance(names, points, values, sweep.spec.seed),
    importanceFrom: { epochs, trials: trials.length },
    front,
  }
}

export function spaceOf({ spec }: Pick<SweepDetail, 'spec'>): SearchSpace | undefined {
  const compiled = compileSpace(spec.space)
  return compiled.ok ? compiled.space : undefined
}

/** Enough trials at one length: the longest one that a third of the measured trials reached, at least eight or all. */
function comparableTrials(sweep: SweepDetail, objective: Objective): { epochs: number; trials: SweepTrial[] } {
  const measured = sweep.trials.filter(({ state, curve }) => state !== 'impossible' && curve.accuracy.length > 0)
  const wanted = Math.min(measured.length, Math.max(8, Math.ceil(measured.length / 3)))
  const lengths = measured.map(measuredEpochs).toSorted((a, b) => b - a)
  const epochs = lengths[Math.max(0, wanted - 1)] ?? 0
  return {
    epochs,
    trials: measured.filter(
      (trial) => measuredEpochs(trial) >= epochs && trialValue(trial, objective, epochs) !== null,
    ),
  }
}

function bestAnswer(sweep: SweepDetail, objective: Objective): BestAnswer | null {
  const best = bestTrial(sweep.trials, objective)
  const value = best ? trialValue(best, objective) : null
  if (best === undefined || value === null) return null
  const runnerUp = bestTrial(
    sweep.trials.filter((trial) => trial !== best && measuredEpochs(trial) >= measuredEpochs(best)),
    objective,
  )
  const noise = noiseOf(sweep, objective, value)
  const seeds = Math.max(1, seedValues(best, objective).length)
  const second = runnerUp ? trialValue(runnerUp, objective) : null
  return {
    ...{ trial: best.number, value, seeds, basis: noise?.basis ?? null },
    margin: noise ? (1.96 * noise.deviation) / Math.sqrt(seeds) : null,
    runnerUp: runnerUp && second !== null ? { trial: runnerUp.number, value: second, probability: better() } : null,
  }

  function better(): number | null {
    if (!noise || !runnerUp || second === null || value === null) return null
    const error = noise.deviation * Math.sqrt(1 / seeds + 1 / Math.max(1, seedValues(runnerUp, objective).length))
    return error === 0 ? null : normalCdf(Math.abs(value - second) / error)
  }
}

/**
 * Between seeds, where some configuration has several. Else what chance does to an accuracy that so few examples decide, which leaves out the
 * noise of training: the real one is larger.
 */
function noiseOf(
  sweep: SweepDetail,
  objective: Objective,
  value: number,
): { deviation: number; basis: 'seeds' | 'examples' } | undefined {
  const between = seedDeviation(sweep.trials.map((trial) => seedValues(trial, objective)))
  if (between !== undefined) return { deviation: between, basis: 'seeds' }
  if (objective.metric !== 'accuracy' || sweep.facts.heldOut === 0) return undefined
  // The Agresti-Coull form: no certainty from an accuracy of one.
  const share = (value * sweep.facts.heldOut + 2) / (sweep.facts.heldOut + 4)
  return { deviation: Math.sqrt((share * (1 - share)) / (sweep.facts.heldOut + 4)), basis: 'examples' }
}

/** Why a trial stands where it stands. */
export type TrialExplanation =
  | { readonly type: 'trains' | 'waits' | 'whole' | 'byPerson' | 'held' }
  | { readonly type: 'failed' | 'impossible'; readonly code: string; readonly message: string }
  | { readonly type: 'median'; readonly verdict: MedianStop }
  /** At a rung: it may still go on when the standings change. `cut` is the number of places that go on. */
  | { readonly type: 'rung'; readonly epochs: number; readonly rank: number; readonly of: number; readonly cut: number }

export function explainTrial(sweep: SweepDetail, trial: SweepTrial): TrialExplanation {
  const { state, verdict, error, target } = trial
  if (error !== null && (state === 'failed' || state === 'impossible')) {
    return { type: state, code: error.code, message: error.message }
  }
  if (verdict !== null) return { type: 'median', verdict }
  if (state === 'rung') return { type: 'rung', epochs: target, ...standing(sweep, trial) }
  if (state === 'complete') return { type: 'whole' }
  if (state === 'running') return { type: 'trains' }
  if (state === 'waiting') return { type: 'waits' }
  return { type: state === 'held' ? 'held' : 'byPerson' }
}

function standing(sweep: SweepDetail, trial: SweepTrial): { rank: number; of: number; cut: number } {
  const space = spaceOf(sweep) ?? { axes: [] }
  const situation = { spec: sweep.spec, space, maxEpochs: sweep.facts.maxEpochs, trials: sweep.trials, checkedFrom: 0 }
  const { fidelity } = sweep.spec
  const isSynchronous = fidelity.type === 'halving' || fidelity.type === 'hyperband'
  const rivals = scheduledTrials(situation).filter(({ bracket }) => !isSynchronous || bracket === trial.bracket)
  const standings = standingsAt(rivals, trial.target)
  const reduction = 'reduction' in fidelity ? fidelity.reduction : 1
  const rank = standings.findIndex(({ number }) => number === trial.number) + 1
  return { rank, of: standings.length, cut: Math.floor(standings.length / reduction) }
}

/** Epochs of the rungs, of all brackets together, without the full length. */
export function rungsOf({ spec, facts }: Pick<SweepDetail, 'spec' | 'facts'>): readonly number[] {
  const scheduler = makeScheduler(spec.fidelity, facts.maxEpochs)
  return scheduler.rungsOf(0).filter((epochs) => epochs < facts.maxEpochs)
}
