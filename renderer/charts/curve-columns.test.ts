import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CurveColumns } from './curve-columns.ts'

test('points go in once and in order, whatever is told twice', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 600 }), (steps) => {
      const columns = new CurveColumns()
      for (const step of steps) columns.append(step, step * 2)
      const kept = [...columns.steps]
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
      expect([...columns.values]).toEqual(kept.map((step) => step * 2))
    }),
  )
})

test('grows past its first room without losing a point', () => {
  const columns = new CurveColumns()
  for (let step = 1; step <= 5000; step++) expect(columns.append(step, 1 / step)).toBe(true)
  expect(columns.length).toBe(5000)
  expect(columns.steps[4999]).toBe(5000)
  expect(columns.values[2499]).toBe(1 / 2500)
})

test('smoothing while appending equals smoothing afterwards', () => {
  const before = new CurveColumns()
  const after = new CurveColumns()
  before.setSmoothing(0.9)
  for (let step = 1; step <= 300; step++) {
    const value = Math.sin(step / 7) + 2
    before.append(step, value)
    after.append(step, value)
  }
  after.setSmoothing(0.9)
  expect([...after.smoothed]).toEqual([...before.smoothed])
})

test('a constant series stays itself under any smoothing; no smoothing changes nothing', () => {
  const columns = new CurveColumns()
  for (let step = 1; step <= 50; step++) columns.append(step, 3)
  columns.setSmoothing(0.95)
  for (const value of columns.smoothed) expect(value).toBeCloseTo(3, 10)
  const plain = new CurveColumns()
  plain.append(1, 5)
  plain.append(2, 7)
  expect([...plain.smoothed]).toEqual([5, 7])
})

test('finds the point at or before a step', () => {
  const columns = new CurveColumns()
  for (const step of [10, 20, 30]) columns.append(step, step)
  expect([5, 10, 19, 20, 99].map((step) => columns.indexAtOrBefore(step))).toEqual([-1, 0, 0, 1, 2])
})
