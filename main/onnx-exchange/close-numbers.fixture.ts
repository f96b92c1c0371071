import { expect } from 'vitest'
import { counterRandom } from '../../experiments/random/counter-random.ts'

/** No difference above `tolerance` times the largest expected value. */
export function expectClose(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const values = Array.from(actual ?? [])
  expect(values).toHaveLength(expected.length)
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = Array.from(expected).reduce((most, value, i) => {
    const difference = Math.abs((values[i] as number) - value)
    return Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }, 0)
  expect(worst / (largest || 1), `largest difference ${worst}, largest value ${largest}`).toBeLessThan(tolerance)
}

/** Normal numbers, the same for the same purpose. */
export function randomFloats(purpose: string, count: number, deviation = 1): Float32Array {
  const random = counterRandom({ seed: 1, purpose })
  return Float32Array.from({ length: count }, () => deviation * random.normal())
}
