/** Counts of values in bins of equal width between the smallest and the largest; what is not finite is left out. */
import type { Histogram } from './inspection-record.ts'

export function histogramOf(values: ArrayLike<number>, bins = 32): Histogram {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  const counts = new Array<number>(bins).fill(0)
  if (low > high) return { low: 0, high: 0, counts }
  const scale = high > low ? bins / (high - low) : 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - low) * scale))]! += 1
  }
  return { low, high, counts }
}
