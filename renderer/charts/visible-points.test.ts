import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CurveColumns } from './curve-columns.ts'
import { visiblePoints } from './visible-points.ts'

function columnsOf(values: readonly number[]): CurveColumns {
  const columns = new CurveColumns()
  columns.setSmoothing(0.5)
  values.forEach((value, index) => columns.append(index + 1, value))
  return columns
}

test('few points in sight are all there, with one beyond either edge', () => {
  const columns = columnsOf(Array.from({ length: 50 }, (_, i) => i * i))
  const seen = visiblePoints(columns, [10.5, 14.5], 100)
  expect([...seen.steps]).toEqual([10, 11, 12, 13, 14, 15])
  expect([...seen.values]).toEqual([81, 100, 121, 144, 169, 196])
  expect([...seen.smoothed]).toEqual([...columns.smoothed.subarray(9, 15)])
  expect([...visiblePoints(columns, [0, 1000], 100).steps]).toEqual([...columns.steps])
  expect([...visiblePoints(new CurveColumns(), [0, 10], 100).steps]).toEqual([])
})

test('of any values both ends, the extremes and the order stay, within the limit', () => {
  const value = fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true }) }, fc.constant(Number.NaN))
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 8, max: 60 }),
      fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })),
      (values, limit, [a, b]) => {
        const columns = columnsOf(values)
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const all = visiblePoints(columns, [from, to], Infinity)
        const seen = visiblePoints(columns, [from, to], limit)
        expect(seen.steps.length).toBeLessThanOrEqual(limit)
        expect([seen.steps[0], seen.steps.at(-1)]).toEqual([all.steps[0], all.steps.at(-1)])
        expect([...seen.steps]).toEqual([...new Set(seen.steps)].sort((one, other) => one - other))
        seen.steps.forEach((step, i) => {
          expect(seen.values[i]).toBe(values[step - 1])
          expect(seen.smoothed[i]).toBe(columns.smoothed[step - 1])
        })
        const numbers = (of: Float64Array): number[] => [...of].filter((one) => !Number.isNaN(one))
        // Never of anything empty: Infinity and -Infinity on both sides would agree too, and so they should.
        expect(Math.min(...numbers(seen.values))).toBe(Math.min(...numbers(all.values)))
        expect(Math.max(...numbers(seen.values))).toBe(Math.max(...numbers(all.values)))
      },
    ),
  )
})

test('every run of points keeps its own least and greatest, and a run without a number keeps its gap', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => Math.sin(i * 12.9898) * (1 + (i % 89)))
  for (let i = 6000; i < 6200; i++) values[i] = Number.NaN
  const seen = visiblePoints(columnsOf(values), [0, 10_000], 206)
  const kept = new Set(seen.steps)
  // 206 points: 100 runs of 100.
  for (let run = 0; run < 100; run++) {
    const own = values.slice(run * 100, run * 100 + 100)
    const numbers = own.filter((value) => !Number.isNaN(value))
    if (numbers.length === 0) {
      expect(own.some((_, i) => kept.has(run * 100 + i + 1))).toBe(true)
      continue
    }
    expect(kept).toContain(run * 100 + own.indexOf(Math.min(...numbers)) + 1)
    expect(kept).toContain(run * 100 + own.indexOf(Math.max(...numbers)) + 1)
  }
})

test('a growing series keeps the points it showed as long as the length of its runs stays', () => {
  const columns = columnsOf(Array.from({ length: 10_010 }, (_, i) => Math.sin(i * 78.233)))
  const before = visiblePoints(columns, [0, 20_000], 400).steps
  columns.append(10_011, 0.5)
  const after = new Set(visiblePoints(columns, [0, 20_000], 400).steps)
  expect([...before.subarray(0, -4)].filter((step) => !after.has(step))).toEqual([])
})
