/** A sweep as the studio decides it, one trial at a time, whose trainings come from a table: what it reached after each epoch that it paid for. */
import { checkSweep } from '../../../experiments/tuning/check-sweep.ts'
import { nextStep } from '../../../experiments/tuning/next-step.ts'
import type { SweepTrial } from '../../../experiments/tuning/sweep-record.ts'
import type { SweepSpec } from '../../../experiments/tuning/sweep-spec.ts'
import type { TrialTable } from './trial-table.ts'

export interface ReplayPoint {
  /** Multiply-adds of all training steps so far. */
  readonly compute: number
  readonly epochs: number
  readonly trials: number
  /** Best accuracy so far, of any trial at any epoch. */
  readonly best: number
}

export interface ReplayLimits {
  readonly maxEpochs: number
  /** Examples of an epoch. */
  readonly examples: number
  /** Multiply-adds after which nothing new is asked for. */
  readonly compute: number
}

/** Multiply-adds of an epoch's training steps: the way back takes twice those of the way there. */
export function epochCompute(multiplyAdds: number, examples: number): number {
  return 3 * examples * multiplyAdds
}

export async function replaySweep(
  spec: SweepSpec,
  table: TrialTable,
  { maxEpochs, examples, compute: most }: ReplayLimits,
): Promise<readonly ReplayPoint[]> {
  const checked = checkSweep(spec, maxEpochs)
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues))
  const { space } = checked
  const points: ReplayPoint[] = []
  const trials: SweepTrial[] = []
  let [compute, best] = [0, 0]
  while (compute < most) {
    const step = nextStep({ spec, space, maxEpochs, trials, checkedFrom: 0 })
    if (step.type !== 'start' && step.type !== 'promote') break
    const before = step.type === 'start' ? newTrial(step) : trials[step.trial]
    if (before === undefined) throw new Error('a trial was promoted that never began')
    const trained = await table.train(space, before.configuration, step.epochs)
    const accuracy = trained.accuracy.slice(0, step.epochs)
    for (const value of accuracy.slice(before.curve.accuracy.length)) {
      compute += epochCompute(trained.multiplyAdds, examples)
      best = Math.max(best, value)
      points.push({ compute, best, epochs: points.length + 1, trials: Math.max(trials.length, before.number + 1) })
    }
    const isWhole = accuracy.length >= maxEpochs
    trials[before.number] = {
      ...before,
      target: step.epochs,
      state: accuracy.length < step.epochs ? 'failed' : isWhole ? 'complete' : 'rung',
      curve: { accuracy, loss: trained.loss.slice(0, step.epochs), seconds: accuracy.map(() => 0) },
      multiplyAdds: trained.multiplyAdds,
    }
  }
  return points
}

function newTrial(step: Pick<SweepTrial, 'number' | 'draw' | 'bracket' | 'configuration'>): SweepTrial {
  const { number, draw, bracket, configuration } = step
  return {
    ...{ number, draw, bracket, configuration, state: 'waiting', target: 0, run: number + 1, replicates: [] },
    curve: { accuracy: [], loss: [], seconds: [] },
    ...{ parameters: null, multiplyAdds: null, verdict: null, error: null, inheritedRun: null },
    ...{ createdAt: 0, startedAt: null, endedAt: null },
  }
}
