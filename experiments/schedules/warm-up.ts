/**
 * Linear warm-up before any schedule: the factor grows from `from` to 1 over the first epochs (Goyal et al.: Accurate, Large Minibatch SGD,
 * 2017). It multiplies the schedule's own factor, whose epochs count from the beginning of the run; cosine decay begins behind the warm-up.
 */
import { z } from 'zod'
import type { ScheduleTime } from './schedule.ts'

export const warmUpSpec = z.strictObject({
  /** May be a fraction of one. */
  epochs: z.number().positive().max(100_000),
  from: z.number().min(0).max(1).default(0),
})

export type WarmUp = z.output<typeof warmUpSpec>

export function warmUpSteps(warmUp: WarmUp | undefined, stepsPerEpoch: number): number {
  return warmUp ? Math.max(1, Math.round(warmUp.epochs * stepsPerEpoch)) : 0
}

/** The last step of the warm-up is the first at the full rate less one part: step k of n has from + (1 - from) (k + 1) / (n + 1). */
export function warmUpFactor(warmUp: WarmUp | undefined, { step, warmUpSteps: count }: ScheduleTime): number {
  if (!warmUp || step >= count) return 1
  return warmUp.from + ((1 - warmUp.from) * (step + 1)) / (count + 1)
}
