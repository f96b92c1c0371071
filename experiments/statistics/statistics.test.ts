import { describe, expect, it } from 'vitest'
import { bootstrapDifference, meanInterval } from './bootstrap.ts'
import { compareOnExamples, signTest } from './mcnemar.ts'
import { counterRandom } from '../random/counter-random.ts'
import { judge } from './verdict.ts'

describe('bootstrap', () => {
  it('covers the true difference about as often as it says, also with three seeds a side', () => {
    let covered = 0
    const repetitions = 300
    for (let i = 0; i < repetitions; i++) {
      const random = counterRandom({ seed: 7, purpose: 'test', index: i })
      const sample = (centre: number) => Array.from({ length: 3 }, () => centre + 0.01 * random.normal())
      const { low, high } = bootstrapDifference(sample(0.8), sample(0.82))
      if (low <= 0.02 && high >= 0.02) covered += 1
    }
    expect(covered / repetitions).toBeGreaterThan(0.88)
    expect(covered / repetitions).toBeLessThan(0.995)
  })

  it("is the same every time, and Student's interval of a mean is that of the tables", () => {
    expect(bootstrapDifference([1, 2, 3], [2, 3, 4])).toEqual(bootstrapDifference([1, 2, 3], [2, 3, 4]))
    const { low, high } = meanInterval([1, 2, 3])!
    expect([low, high]).toEqual([expect.closeTo(-0.484, 2), expect.closeTo(4.484, 2)])
    expect(meanInterval([1])).toBeUndefined()
  })
})

describe('McNemar', () => {
  it('is the exact sign test over the examples on which the two disagree', () => {
    expect(signTest(0, 5)).toBeCloseTo(2 / 32, 12)
    expect(signTest(3, 7)).toBeCloseTo((2 * (1 + 10 + 45 + 120)) / 1024, 12)
    expect(signTest(2, 2)).toBe(1)
    expect(signTest(0, 0)).toBe(1)
    expect(signTest(900, 1100)).toBeCloseTo(8.46e-6, 6)
  })

  it('counts the four cases', () => {
    const a = [true, true, false, false, true]
    const b = [true, false, true, true, true]
    expect(compareOnExamples(a, b)).toMatchObject({ bothRight: 2, bothWrong: 0, onlyA: 1, onlyB: 2, difference: 0.2 })
    expect(() => compareOnExamples(a, [true])).toThrow(RangeError)
  })
})

describe('verdict', () => {
  it('tells a clear difference from seed noise', () => {
    expect(judge({ a: [0.8, 0.81, 0.805], b: [0.9, 0.905, 0.91] }).kind).toBe('better')
    expect(judge({ a: [0.9, 0.905, 0.91], b: [0.8, 0.81, 0.805] }).kind).toBe('worse')
    const noise = judge({ a: [0.8, 0.84, 0.82], b: [0.81, 0.85, 0.83] })
    expect(noise).toMatchObject({ kind: 'noise', seedsToTell: 63 })
  })

  it('with one seed says what is missing', () => {
    expect(judge({ a: [0.8], b: [0.9, 0.91] })).toMatchObject({ kind: 'more-seeds', missing: { a: 2, b: 1 } })
    expect(judge({ a: [], b: [0.9] })).toEqual({ kind: 'nothing' })
  })
})
