/**
 * Bootstrap interval of the difference of two means (Efron 1979), widened for small samples as in Hesterberg: What Teachers Should Know About
 * the Bootstrap, The American Statistician 69 (2015): residuals times sqrt(n / (n - 1)), quantiles of Student's t instead of the normal. With
 * three seeds the plain percentile interval would be far too narrow.
 */
import { counterRandom } from '../random/counter-random.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

export interface MeanDifference extends Interval {
  /** Mean of `b` minus mean of `a`. */
  readonly difference: number
  /** Share of certainty, 0.95. */
  readonly level: number
}

const resamples = 10_000

/** Both samples need two values at least. The same samples give the same interval. */
export function bootstrapDifference(a: readonly number[], b: readonly number[]): MeanDifference {
  if (a.length < 2 || b.length < 2) throw new RangeError('a bootstrap needs two values on either side')
  const random = counterRandom({ seed: 1, purpose: 'bootstrap' })
  const [aResiduals, bResiduals] = [residuals(a), residuals(b)]
  const draw = (values: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)] as number
    return sum / values.length
  }
  const deviations = Float64Array.from({ length: resamples }, () => draw(bResiduals) - draw(aResiduals)).sort()
  const widening = studentQuantile(a.length + b.length - 2) / normalQuantile
  const difference = mean(b) - mean(a)
  const at = (share: number): number => (deviations[Math.round(share * (resamples - 1))] as number) * widening
  return { difference, low: difference + at(0.025), high: difference + at(0.975), level: 0.95 }
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of the population that the values are drawn from; 0 for a single one. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

/** Interval of a mean by Student's t, for bands of seeds; undefined for a single value. */
export function meanInterval(values: readonly number[]): Interval | undefined {
  if (values.length < 2) return undefined
  const half = (studentQuantile(values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length)
  return { low: mean(values) - half, high: mean(values) + half }
}

function residuals(values: readonly number[]): Float64Array {
  const middle = mean(values)
  const scale = Math.sqrt(values.length / (values.length - 1))
  return Float64Array.from(values, (value) => (value - middle) * scale)
}

const normalQuantile = 1.959964

/** 97.5 % points of Student's t for 1 to 30 degrees of freedom (Abramowitz and Stegun, Table 26.10); the normal one's beyond, within 2 %. */
const studentTable = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
]

function studentQuantile(degrees: number): number {
  return studentTable[degrees - 1] ?? normalQuantile * (1 + 1 / (1.2 * degrees))
}
