import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proportionalQuotas, splitTrain } from './split-train.ts'

const balanced = Uint16Array.from({ length: 1000 }, (_, i) => i % 10)

function classCounts(labels: Uint16Array, positions: Uint32Array): number[] {
  const counts: number[] = []
  for (const position of positions) {
    const label = labels[position] as number
    counts[label] = (counts[label] ?? 0) + 1
  }
  return counts
}

describe('splitTrain', () => {
  it('holds out the same share of every class', () => {
    const { train, validation } = splitTrain({ labels: balanced, validationShare: 0.1, seed: 1 })
    expect(classCounts(balanced, train)).toEqual(new Array(10).fill(90))
    expect(classCounts(balanced, validation)).toEqual(new Array(10).fill(10))
  })

  it('repeats for the same seed and differs for another', () => {
    const split = (seed: number) => splitTrain({ labels: balanced, validationShare: 0.2, seed })
    expect(split(5)).toEqual(split(5))
    expect(split(5).validation).not.toEqual(split(6).validation)
  })

  it('keeps these exact positions for ever: old runs must stay reproducible', () => {
    const labels = Uint16Array.from({ length: 40 }, (_, i) => (i * i) % 3)
    const { train, validation } = splitTrain({ labels, validationShare: 0.25, limit: 16, seed: 7 })
    expect([...train]).toEqual([2, 4, 6, 7, 13, 14, 15, 16, 26, 27, 28, 30])
    expect([...validation]).toEqual([10, 12, 21, 37])
  })

  it('takes limit examples before the share is set aside; a larger limit contains a smaller one', () => {
    const all = (limit: number) => {
      const { train, validation } = splitTrain({ labels: balanced, validationShare: 0.25, limit, seed: 3 })
      expect(validation).toHaveLength(Math.round(limit / 4))
      return new Set([...train, ...validation])
    }
    const [small, large] = [all(40), all(400)]
    expect([small.size, large.size]).toEqual([40, 400])
    expect([...small].filter((position) => !large.has(position))).toEqual([])
  })

  it('keeps every invariant for any labels, limit and share', () => {
    const request = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 300 }).chain((labels) => {
      const limit = fc.integer({ min: new Set(labels).size, max: labels.length })
      return fc.record({
        labels: fc.constant(Uint16Array.from(labels)),
        limit,
        validationShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
        seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      })
    })
    fc.assert(
      fc.property(request, (given) => {
        let split
        try {
          split = splitTrain(given)
        } catch (error) {
          // The one legitimate refusal: a share that rounds to nothing, or only classes of one example.
          expect(error).toMatchObject({ details: { path: 'data.validation' } })
          const counts = classCounts(given.labels, Uint32Array.from(given.labels.keys()))
          const spare = given.limit > new Set(given.labels).size && Math.max(...counts.filter(Number.isFinite)) > 1
          expect(spare && given.limit * given.validationShare >= 1.5 * new Set(given.labels).size).toBe(false)
          return
        }
        const { train, validation } = split
        const both = [...train, ...validation]
        expect(both).toHaveLength(given.limit)
        expect(new Set(both).size).toBe(given.limit)
        expect(both.every((position) => position < given.labels.length)).toBe(true)
        expect([...train]).toEqual([...train].toSorted((a, b) => a - b))
        expect([...validation]).toEqual([...validation].toSorted((a, b) => a - b))
        expect(new Set([...train].map((position) => given.labels[position]))).toEqual(new Set(given.labels))
        expect(validation.length).toBeLessThanOrEqual(Math.round(given.limit * given.validationShare))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps a rare class', () => {
    const labels = Uint16Array.from({ length: 1001 }, (_, i) => (i === 500 ? 1 : 0))
    const { train, validation } = splitTrain({ labels, validationShare: 0.5, limit: 10, seed: 1 })
    expect(classCounts(labels, train)[1]).toBe(1)
    expect(train.length + validation.length).toBe(10)
  })

  it.each([
    [{ limit: 0 }, 'data.limit', /expected an integer from 1 to 1000/],
    [{ limit: 2.5 }, 'data.limit', /expected an integer/],
    [{ limit: 1001 }, 'data.limit', /1001: expected an integer from 1 to 1000, the training examples/],
    [{ limit: 9 }, 'data.limit', /leaves a class without any example: expected at least 10/],
    [{ validationShare: 1 }, 'data.validation', /from 0 to below 1/],
    [{ validationShare: NaN }, 'data.validation', /from 0 to below 1/],
    [{ validationShare: 0.0001 }, 'data.validation', /holds out none of 1000/],
    [{ limit: 10, validationShare: 0.5 }, 'data.validation', /holds out none of 10/],
    [{ limit: 100, batchSize: 128 }, 'train.batchSize', /at most the 90 examples left to train on \(100 less 10/],
  ])('refuses %o', (given, path, message) => {
    let error: unknown
    try {
      splitTrain({ labels: balanced, validationShare: 0.1, seed: 1, ...given })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'out-of-range', details: { path } })
    expect((error as Error).message).toMatch(message)
  })
})

describe('proportionalQuotas', () => {
  it('gives the rest to the largest remainders', () => {
    expect(proportionalQuotas([50, 30, 20], 7)).toEqual([4, 2, 1])
    expect(proportionalQuotas([1, 1, 1], 2)).toEqual([1, 1, 0])
    expect(proportionalQuotas([5, 0, 5], 10)).toEqual([5, 0, 5])
  })
})
