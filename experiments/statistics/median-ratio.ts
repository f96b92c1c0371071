/**
 * How many times as large one median is as another, with a percentile bootstrap interval: both samples are drawn again with replacement
 * (Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13). For regrets over seeds: skewed, positive, often 0.
 */
import { counterRandom } from '../random/counter-random.ts'
import type { Interval } from './bootstrap.ts'
import { median } from './median.ts'

export interface MedianRatio extends Interval {
  /** Median of `a` through median of `b`; 1 where both are 0, infinite where only `b`'s is. */
  readonly ratio: number
}

const resamples = 2000

/** The same samples give the same interval, of 95 %. @throws RangeError when a side is empty */
export function medianRatio(a: readonly number[], b: readonly number[]): MedianRatio {
  if (a.length === 0 || b.length === 0) throw new RangeError('a median needs a value on either side')
  const random = counterRandom({ seed: 1, purpose: 'median-ratio' })
  const drawn = (values: readonly number[]) => values.map(() => values[random.below(values.length)] as number)
  const ratios = Float64Array.from({ length: resamples }, () => quotient(median(drawn(a)), median(drawn(b)))).sort()
  const at = (share: number) => ratios[Math.round(share * (resamples - 1))] as number
  return { ratio: quotient(median(a), median(b)), low: at(0.025), high: at(0.975) }
}

function quotient(a: number, b: number): number {
  return a === b ? 1 : a / b
}
