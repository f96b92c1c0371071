import { describe, expect, it } from 'vitest'
import { counterRandom } from '../random/counter-random.ts'
import { median } from './median.ts'
import { medianRatio } from './median-ratio.ts'
import { proportionInterval } from './proportion-interval.ts'

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(median([])).toBeNaN()
  })
})

describe('the ratio of two medians', () => {
  it('covers the true ratio about as often as it says', () => {
    let covered = 0
    const repetitions = 40
    for (let i = 0; i < repetitions; i++) {
      const random = counterRandom({ seed: 5, purpose: 'test', index: i })
      const sample = (centre: number) => Array.from({ length: 20 }, () => centre * Math.exp(0.5 * random.normal()))
      const { low, high } = medianRatio(sample(2), sample(1))
      if (low <= 2 && high >= 2) covered += 1
    }
    expect(covered / repetitions).toBeGreaterThan(0.85)
  })

  it('knows what to say of medians that are 0, and says the same every time', () => {
    expect(medianRatio([0, 0, 0], [0, 0, 0])).toEqual({ ratio: 1, low: 1, high: 1 })
    expect(medianRatio([0, 0, 0], [1, 2, 3])).toEqual({ ratio: 0, low: 0, high: 0 })
    expect(medianRatio([1, 2, 3], [0, 0, 0])).toMatchObject({ ratio: Number.POSITIVE_INFINITY })
    expect(() => medianRatio([], [1])).toThrow(RangeError)
  })
})

describe('the interval of a share', () => {
  it('is that of the tables, and stays a share at both ends', () => {
    const rounded = (count: number, total: number) => {
      const { low, high } = proportionInterval(count, total)
      return [low.toFixed(4), high.toFixed(4)]
    }
    // Wilson's interval as statsmodels gives it.
    expect(rounded(3, 10)).toEqual(['0.1078', '0.6032'])
    expect(rounded(0, 8)).toEqual(['0.0000', '0.3244'])
    expect(rounded(8, 8)).toEqual(['0.6756', '1.0000'])
    expect(() => proportionInterval(0, 0)).toThrow(RangeError)
  })
})
