/**
 * What a sweep does next: a pure function of its file and its trials. The service asks it whenever something changed and does what it says; a
 * service that was killed asks again and gets the same answer, so that nothing is repeated and nothing forgotten.
 */
import { StudioError, type ErrorRecord } from '../errors/studio-error.ts'
import { judgeByMedian } from './fidelity/median-stopping.ts'
import type { Move, ScheduledTrial } from './fidelity/fidelity.ts'
import { makeScheduler, makeSearcher } from './make-searcher.ts'
import { nextRacer } from './racing.ts'
import { belongsTo, configurationKey, spaceSize, type Configuration, type SearchSpace } from './space/search-space.ts'
import type { MedianStop, SweepTrial } from './sweep-record.ts'
import type { SweepSpec } from './sweep-spec.ts'
import { asLoss, firstAtTarget, lossCurve, measuredEpochs, observe, seedValues, trialValue } from './trial-values.ts'

export interface SweepSituation {
  readonly spec: SweepSpec
  readonly space: SearchSpace
  /** The full length of a trial. */
  readonly maxEpochs: number
  readonly trials: readonly SweepTrial[]
  /** Trials before this number are not counted when it is asked whether all fail. */
  readonly checkedFrom: number
}

export type SweepStep =
  | {
      readonly type: 'start'
      readonly number: number
      readonly draw: number
      readonly bracket: number
      readonly configuration: Configuration
      readonly epochs: number
    }
  | Extract<Move, { type: 'promote' }>
  | { readonly type: 'stop'; readonly trial: number; readonly verdict: MedianStop }
  | { readonly type: 'replicate'; readonly trial: number; readonly replicate: number }
  | { readonly type: 'wait' }
  | { readonly type: 'done' }
  | { readonly type: 'fail'; readonly problem: ErrorRecord }

/** So many trials may fail, one after another and before any reports a result, until it is not chance any more. */
const failuresUntilStop = 5
const impossibleUntilStop = 100
/** Draws of configurations that were tried already, until the space counts as exhausted. */
const maxRepeatedDraws = 500

export function nextStep(situation: SweepSituation): SweepStep {
  const { spec, trials } = situation
  const problem = hopelessness(situation)
  if (problem !== undefined) return { type: 'fail', problem }
  const stop = medianStop(situation)
  if (stop !== undefined) return stop
  if (trials.filter(isBusy).length >= spec.parallel) return { type: 'wait' }
  if (isSatisfied(situation)) return { type: trials.some(isBusy) ? 'wait' : 'done' }
  const seed = spec.replicates.racing ? undefined : nextSeed(situation)
  if (seed !== undefined) return seed
  const step = nextTrial(situation)
  if (step !== undefined) return step
  if (trials.some(isBusy)) return { type: 'wait' }
  const raced = spec.replicates.racing ? nextRace(situation) : undefined
  if (raced !== undefined) return raced
  if (trials.some(({ state }) => state === 'held')) return { type: 'wait' }
  return hasResult(trials) ? { type: 'done' } : { type: 'fail', problem: noTrialSucceeded(trials) }
}

/** Whether it trains or is about to. */
export function isBusy({ state, replicates }: SweepTrial): boolean {
  return (
    state === 'waiting' ||
    state === 'running' ||
    replicates.some(({ status }) => status === 'queued' || status === 'running')
  )
}

/** Whether there is nothing more to look for. */
function isSatisfied({ spec: { untilTarget, target }, trials }: SweepSituation): boolean {
  return untilTarget && target !== undefined && firstAtTarget(trials, target) !== undefined
}

/** Epochs trained or promised. */
export function spentEpochs(trials: readonly SweepTrial[], maxEpochs: number): number {
  return trials.reduce((sum, trial) => sum + epochsOf(trial, maxEpochs), 0)
}

function epochsOf(trial: SweepTrial, maxEpochs: number): number {
  const hasEnded = trial.state === 'failed' || trial.state === 'stopped' || trial.state === 'impossible'
  const own = hasEnded ? trial.curve.accuracy.length : trial.target
  return trial.replicates.reduce(
    (sum, { status, epochs }) => sum + (status === 'failed' || status === 'stopped' ? epochs : maxEpochs),
    own,
  )
}

export function scheduledTrials({ spec, maxEpochs, trials }: SweepSituation): readonly ScheduledTrial[] {
  const scheduler = makeScheduler(spec.fidelity, maxEpochs)
  const [objective] = spec.objectives
  return trials.flatMap((trial): readonly ScheduledTrial[] => {
    if (trial.state === 'impossible') return []
    const { number, bracket, target } = trial
    const isOnTheWay = trial.state === 'waiting' || trial.state === 'running' || trial.state === 'held'
    const lossAt = new Map<number, number>()
    for (const epochs of scheduler.rungsOf(bracket)) {
      const value = objective && trialValue(trial, objective, epochs)
      // What it reports before it stands at the rung with its checkpoint does not count yet.
      const isThere = epochs <= measuredEpochs(trial) && (isOnTheWay ? epochs < target : epochs <= target)
      if (objective && value !== null && value !== undefined && isThere) lossAt.set(epochs, asLoss(value, objective))
    }
    const state = isOnTheWay ? 'running' : trial.state === 'rung' ? 'paused' : 'ended'
    return [{ number, bracket, target, state, lossAt }]
  })
}

/** A promotion or a new trial; undefined when there is neither, now or for ever. */
function nextTrial(situation: SweepSituation): SweepStep | undefined {
  const { spec, maxEpochs, trials } = situation
  const scheduler = makeScheduler(spec.fidelity, maxEpochs)
  const scheduled = scheduledTrials(situation)
  const left = (spec.budget.epochs ?? Number.POSITIVE_INFINITY) - spentEpochs(trials, maxEpochs)
  const mayStart = scheduled.length < (spec.budget.trials ?? Number.POSITIVE_INFINITY) && left > 0
  let move = scheduler.nextMove(scheduled, mayStart)
  if (move.type === 'start') {
    const suggestion = move.epochs <= left ? suggest(situation) : undefined
    if (suggestion !== undefined) {
      return { type: 'start', number: trials.length, bracket: move.bracket, epochs: move.epochs, ...suggestion }
    }
    move = scheduler.nextMove(scheduled, false)
  }
  if (move.type !== 'promote') return undefined
  const { trial, epochs } = move
  const before = trials.find(({ number }) => number === trial)?.target ?? 0
  return epochs - before <= left ? move : undefined
}

/** The next configuration that was not tried; undefined when there is none. */
function suggest({ spec, space, trials }: SweepSituation): { draw: number; configuration: Configuration } | undefined {
  const searcher = makeSearcher(spec.search)
  const history = trials.map((trial) => observe(trial, spec.objectives))
  const tried = new Set(trials.map(({ configuration }) => configurationKey(configuration)))
  const hasConditions = space.axes.some(({ conditions }) => conditions.length > 0)
  const visited = trials.filter(({ configuration }) => belongsTo(space, configuration)).length
  if (!hasConditions && visited >= (spaceSize(space) ?? Number.POSITIVE_INFINITY)) return undefined
  let draw = 1 + Math.max(-1, ...trials.map((trial) => trial.draw))
  for (let repeated = 0; repeated < maxRepeatedDraws; repeated++, draw++) {
    const configuration = searcher.suggest({ space, seed: spec.seed, number: draw, history })
    if (configuration === undefined) return undefined
    if (!tried.has(configurationKey(configuration))) return { draw, configuration }
  }
  return undefined
}

function medianStop({ spec, trials }: SweepSituation): SweepStep | undefined {
  const { fidelity, objectives } = spec
  const [objective] = objectives
  if (fidelity.type !== 'median' || objective === undefined) return undefined
  for (const trial of trials) {
    if (trial.state !== 'running' || trial.verdict !== null) continue
    const own = lossCurve(trial, objective)
    const others = trials.filter(({ number }) => number !== trial.number).map((other) => lossCurve(other, objective))
    for (let epoch = fidelity.graceEpochs; epoch <= own.length && epoch < trial.target; epoch++) {
      const { stops, best, median, others: count } = judgeByMedian(own.slice(0, epoch), others, fidelity)
      if (!stops || median === null) continue
      return { type: 'stop', trial: trial.number, verdict: { type: 'median', epoch, best, median, others: count } }
    }
  }
  return undefined
}

/** Without racing, every whole trial gets all seeds before a new one begins. */
function nextSeed(situation: SweepSituation): SweepStep | undefined {
  const { spec, trials } = situation
  const open = trials.find(
    (trial) =>
      trial.state === 'complete' &&
      1 + trial.replicates.length < spec.replicates.count &&
      !trial.replicates.some(isOpen),
  )
  return open && replicateOf(situation, open)
}

function nextRace(situation: SweepSituation): SweepStep | undefined {
  const { spec, trials } = situation
  const [objective] = spec.objectives
  if (objective === undefined || spec.replicates.count < 2) return undefined
  const racers = trials.map((trial) => ({
    trial: trial.number,
    losses: seedValues(trial, objective).map((value) => asLoss(value, objective)),
    begun: 1 + trial.replicates.length,
  }))
  const number = nextRacer(racers, spec.replicates.count)
  const trial = trials.find((candidate) => candidate.number === number)
  return trial && replicateOf(situation, trial)
}

function replicateOf({ spec, maxEpochs, trials }: SweepSituation, trial: SweepTrial): SweepStep | undefined {
  const { epochs = Number.POSITIVE_INFINITY } = spec.budget
  if (spentEpochs(trials, maxEpochs) + maxEpochs > epochs) return undefined
  return { type: 'replicate', trial: trial.number, replicate: trial.replicates.length + 1 }
}

function isOpen({ status }: SweepTrial['replicates'][number]): boolean {
  return status === 'queued' || status === 'running' || status === 'paused'
}

function hasResult(trials: readonly SweepTrial[]): boolean {
  return trials.some((trial) => trial.state !== 'failed' && measuredEpochs(trial) > 0)
}

/** Why going on is in vain. */
function hopelessness({ spec, trials, checkedFrom }: SweepSituation): ErrorRecord | undefined {
  const since = trials.filter(({ number }) => number >= checkedFrom)
  const impossible = since.length - 1 - since.findLastIndex(({ state }) => state !== 'impossible')
  if (impossible >= impossibleUntilStop) {
    const last = since.at(-1)?.error?.message ?? ''
    return new StudioError(
      'no-variant-fits',
      `the last ${impossible} variants cannot be trained, so nothing was queued for them; the last one: ${last}. ` +
        'Narrow the axes of the network, or raise memoryLimit, and resume',
      { impossible },
    ).toRecord()
  }
  const tried = since.filter(({ state }) => state !== 'impossible')
  const limit = Math.min(failuresUntilStop, spec.budget.trials ?? failuresUntilStop)
  const failed = tried.filter(({ state, curve }) => state === 'failed' && curve.accuracy.length === 0)
  return failed.length >= limit && failed.length === tried.length ? noTrialSucceeded(tried) : undefined
}

function noTrialSucceeded(trials: readonly SweepTrial[]): ErrorRecord {
  const failed = trials.filter(({ state }) => state === 'failed')
  const codes = [...new Set(failed.flatMap(({ error }) => error?.code ?? []))]
  const last = failed.at(-1)?.error?.message ?? 'none of them reported an epoch'
  const advice = codes.includes('loss-not-finite')
    ? 'Lower the range of the learning rate'
    : 'Mend what the error says, or edit the space'
  const message = `all ${trials.length} trials ended without a result; the last one: ${last}. ${advice}, and resume`
  return new StudioError('no-trial-succeeded', message, { trials: trials.length, codes }).toRecord()
}
