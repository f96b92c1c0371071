/** What a sweep's numbers say: importance, front, steps to a target, learning rate. */
import { describe, expect, it } from 'vitest'
import { counterRandom } from '../../random/counter-random.ts'
import { axisImportance } from './importance.ts'
import { suggestLearningRate } from './learning-rate-range.ts'
import { paretoFront } from './pareto-front.ts'
import { estimateEpochsToTarget } from './steps-to-target.ts'

describe('importance', () => {
  it('gives each axis its share of the variance, with an interval', () => {
    const random = counterRandom({ seed: 3, purpose: 'test' })
    const points = Array.from({ length: 150 }, () => [random.uniform(), random.uniform(), random.uniform()])
    // Variances 4/12 and 1/12: four fifths and one fifth; the third says nothing.
    const found = axisImportance(
      ['rate', 'width', 'noise'],
      points,
      points.map(([a = 0, b = 0]) => 2 * a + b),
      1,
    )
    expect(found.map(({ axis }) => axis)).toEqual(['rate', 'width', 'noise'])
    expect(found[0]!.share).toBeCloseTo(0.8, 1)
    expect(found[1]!.share).toBeCloseTo(0.2, 1)
    expect(found[2]!.share).toBeLessThan(0.02)
    for (const { low, share, high } of found) expect(low <= share && share <= high).toBe(true)
  })

  it('says nothing where nothing varies', () => {
    expect(axisImportance(['rate'], [[0], [0.3], [0.6], [1]], [1, 1, 1, 1], 1)).toEqual([])
    expect(axisImportance(['rate'], [[0], [1]], [1, 2], 1)).toEqual([])
  })
})

describe('the Pareto front', () => {
  it('holds what nothing beats', () => {
    expect(
      paretoFront([
        [3, 1],
        [1, 3],
        [2, 2],
        [3, 3],
        [2, 4],
        [Number.NaN, 0],
      ]),
    ).toEqual([1, 2, 0])
  })
})

describe('steps to target', () => {
  const curve = Array.from({ length: 8 }, (_, i) => 0.9 - 0.5 / (i + 1))

  it('reads a curve on', () => {
    expect(estimateEpochsToTarget(curve, 0.6)).toEqual({ kind: 'reached', epochs: 2 })
    expect(estimateEpochsToTarget(curve, 0.88)).toMatchObject({ kind: 'expected', epochs: 25 })
    expect(estimateEpochsToTarget(curve, 0.95)).toMatchObject({ kind: 'never' })
    expect(estimateEpochsToTarget([0.1], 0.5)).toEqual({ kind: 'unknown' })
  })
})

describe('a learning-rate range test', () => {
  const rates = Array.from({ length: 100 }, (_, i) => 1e-5 * 10 ** (i / 16))

  it('suggests the rate of the steepest fall, before the loss grows', () => {
    const losses = rates.map((rate) => 2.3 - 1.5 / (1 + (0.01 / rate) ** 2) + (rate > 0.3 ? (rate / 0.3) ** 2 : 0))
    const found = suggestLearningRate(rates, losses)!
    expect(found.suggested).toBeGreaterThan(0.003)
    expect(found.suggested).toBeLessThan(0.05)
    expect(found.largest).toBeLessThan(0.6)
  })

  it('suggests nothing where the loss never falls', () => {
    expect(
      suggestLearningRate(
        rates,
        rates.map((_, i) => 2 + i),
      ),
    ).toBeUndefined()
  })
})
