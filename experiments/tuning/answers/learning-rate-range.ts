/**
 * Reads a learning-rate range test: the rate grows exponentially from step to step, the loss falls, then explodes. Suggested is the rate at which
 * the smoothed loss falls fastest, well before the end. Smith: Cyclical Learning Rates, WACV 2017; the reading is fastai's.
 */

import { z } from 'zod'

export interface RateSuggestion {
  /** Where the loss falls fastest. */
  readonly suggested: number
  /** Largest rate at which the loss had not begun to grow. */
  readonly largest: number
  readonly smoothed: readonly number[]
}

const memory = 0.9

/** Undefined when the loss never falls. @param rates ascending, one a step */
export function suggestLearningRate(rates: readonly number[], losses: readonly number[]): RateSuggestion | undefined {
  const smoothed = smooth(losses)
  if (smoothed.length < 10) return undefined
  let lowest = 0
  smoothed.forEach((loss, i) => {
    if (loss < (smoothed[lowest] ?? 0)) lowest = i
  })
  const window = Math.max(2, Math.round(smoothed.length / 20))
  let steepest: { at: number; slope: number } | undefined
  for (let i = window; i + window < smoothed.length && i <= lowest; i++) {
    const fall = (smoothed[i - window] ?? 0) - (smoothed[i + window] ?? 0)
    const slope = fall / (Math.log(rates[i + window] ?? 1) - Math.log(rates[i - window] ?? 1))
    if (slope > (steepest?.slope ?? 0)) steepest = { at: i, slope }
  }
  if (steepest === undefined) return undefined
  return { suggested: rates[steepest.at] ?? 0, largest: rates[lowest] ?? 0, smoothed }
}

/** Up to a step; plain data, so that a checkpoint can hold it. */
export const smoothedLoss = z.strictObject({ mean: z.number(), steps: z.int(), value: z.number(), lowest: z.number() })
export type SmoothedLoss = z.infer<typeof smoothedLoss>

/** Exponential mean without the bias of its beginning. */
export function smoothLoss(before: SmoothedLoss | undefined, loss: number): SmoothedLoss {
  const steps = (before?.steps ?? 0) + 1
  const mean = memory * (before?.mean ?? 0) + (1 - memory) * loss
  const value = mean / (1 - memory ** steps)
  return { mean, steps, value, lowest: Math.min(before?.lowest ?? value, value) }
}

/** Whether it has grown fourfold: larger rates say nothing more. */
export function hasExploded({ value, lowest }: SmoothedLoss): boolean {
  return value > 4 * lowest
}

/** Ends where the loss is no number any more or has exploded. */
function smooth(losses: readonly number[]): readonly number[] {
  const smoothed: number[] = []
  let state: SmoothedLoss | undefined
  for (const loss of losses) {
    if (!Number.isFinite(loss)) break
    state = smoothLoss(state, loss)
    if (hasExploded(state)) break
    smoothed.push(state.value)
  }
  return smoothed
}
