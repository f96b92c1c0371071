/** How trials look in every chart of a sweep: the better, the stronger its colour. */
import type { SweepDetail, SweepTrial } from '../../../experiments/tuning/sweep-record.ts'
import type { Objective } from '../../../experiments/tuning/sweep-spec.ts'
import { asLoss, trialValue } from '../../../experiments/tuning/trial-values.ts'

export interface TrialPaint {
  /** By the first objective; null without a result. */
  readonly value: number | null
  readonly colour: string
  /** 0 the worst, 1 the best, by rank: one failure with a huge loss does not make all others equal. */
  readonly rank: number
}

export function leadObjective(sweep: Pick<SweepDetail, 'spec'>): Objective {
  return sweep.spec.objectives[0] ?? { metric: 'accuracy' }
}

export function paintTrials(sweep: SweepDetail): ReadonlyMap<number, TrialPaint> {
  const objective = leadObjective(sweep)
  const measured = sweep.trials.map((trial) => ({ number: trial.number, value: trialValue(trial, objective) }))
  const losses = measured.flatMap(({ value }) => (value === null ? [] : [asLoss(value, objective)]))
  const sorted = [...new Set(losses)].sort((a, b) => b - a)
  return new Map(
    measured.map(({ number, value }) => {
      const place = value === null ? 0 : sorted.indexOf(asLoss(value, objective))
      const rank = sorted.length > 1 ? place / (sorted.length - 1) : 1
      return [number, { value, rank, colour: value === null ? 'var(--sweep-none)' : rankColour(rank) }]
    }),
  )
}

export function rankColour(rank: number): string {
  return `color-mix(in oklab, var(--sweep-high) ${Math.round(rank * 100)}%, var(--sweep-low))`
}

/** Trials in the order in which they are drawn: the best on top. */
export function drawingOrder(
  trials: readonly SweepTrial[],
  paint: ReadonlyMap<number, TrialPaint>,
): readonly SweepTrial[] {
  return trials.toSorted((a, b) => (paint.get(a.number)?.rank ?? 0) - (paint.get(b.number)?.rank ?? 0))
}
