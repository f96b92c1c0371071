import { expect, test } from 'vitest'
import type { MetricPoint, MetricSeries } from '../../experiments/runs/metric.ts'
import { RunCurves, withFinePoints } from './run-curves.ts'

const point = (step: number): MetricPoint => ({ split: 'train', name: 'loss', step, value: 1 / step, at: step })
const snapshot = (...steps: number[]): MetricSeries[] => [
  { split: 'train', name: 'loss', steps, values: steps.map((step) => 1 / step), at: steps },
]

test('points that stream in while the snapshot is on its way are neither lost nor doubled', () => {
  const curves = new RunCurves()
  curves.holdStream()
  curves.append([point(3), point(4), point(5)])
  curves.load(snapshot(1, 2, 3, 4))
  curves.append([point(5), point(6)])
  expect([...curves.series('train', 'loss').steps]).toEqual([1, 2, 3, 4, 5, 6])
})

test('a new snapshot after a lost connection fills the gap', () => {
  const curves = new RunCurves()
  curves.load(snapshot(1, 2))
  curves.holdStream()
  curves.append([point(9)])
  curves.load(snapshot(1, 2, 3, 4, 5, 6, 7, 8))
  expect([...curves.series('train', 'loss').steps]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a listener hears every change and can leave', () => {
  const curves = new RunCurves()
  let heard = 0
  const leave = curves.onChange(() => heard++)
  curves.load([])
  curves.append([point(1)])
  leave()
  curves.append([point(2)])
  expect(heard).toBe(2)
})

test('finer points take the place of coarse ones between their ends, and only there', () => {
  const numbers = (...steps: number[]): { steps: number[]; values: number[] } => ({
    steps,
    values: steps.map((s) => s * 2),
  })
  const coarse = numbers(1, 10, 20, 30, 40)
  expect(withFinePoints(coarse, numbers(9, 10, 11, 12, 21))).toEqual(numbers(1, 9, 10, 11, 12, 21, 30, 40))
  expect(withFinePoints(coarse, numbers())).toEqual(coarse)
  expect(withFinePoints(coarse, numbers(41, 42))).toEqual(numbers(1, 10, 20, 30, 40, 41, 42))
  expect(withFinePoints(coarse, numbers(1, 40))).toEqual(numbers(1, 40))
  expect(withFinePoints(numbers(), numbers(3))).toEqual(numbers(3))
  const timed = (...steps: number[]) => ({ ...numbers(...steps), at: steps.map((s) => s + 0.5) })
  expect(withFinePoints(timed(1, 10, 20), timed(9, 10, 11))).toEqual(timed(1, 9, 10, 11, 20))
})

test('a zoomed curve has finer points, follows the stream, moves on, and goes back to what it was and what came since', () => {
  const curves = new RunCurves()
  const steps = (): number[] => [...curves.series('train', 'loss').steps]
  curves.load(snapshot(1, 10, 20, 30))
  curves.refine(snapshot(10, 11, 12, 13, 20))
  expect(steps()).toEqual([1, 10, 11, 12, 13, 20, 30])
  curves.append([point(31)])
  expect(steps()).toEqual([1, 10, 11, 12, 13, 20, 30, 31])
  curves.refine(snapshot(20, 25, 30))
  expect(steps()).toEqual([1, 10, 20, 25, 30, 31])
  curves.append([point(31), point(32)])
  curves.unrefine()
  expect(steps()).toEqual([1, 10, 20, 30, 31, 32])
})

test('finer points that come while a new snapshot is awaited are left aside; a series that has none keeps its own', () => {
  const curves = new RunCurves()
  const steps = (): number[] => [...curves.series('train', 'loss').steps]
  curves.load(snapshot(1, 10))
  curves.holdStream()
  expect(curves.refine(snapshot(1, 2, 3, 10))).toBe(false)
  curves.load(snapshot(1, 10, 20))
  expect(steps()).toEqual([1, 10, 20])
  curves.refine([{ split: 'validation', name: 'loss', steps: [], values: [], at: [] }])
  expect(steps()).toEqual([1, 10, 20])
})

test('smoothing runs through finer points as through any, and is as before when they are gone', () => {
  const curves = new RunCurves()
  curves.setSmoothing(0.5)
  curves.load(snapshot(1, 4, 8))
  const smoothed = (): number[] => [...curves.series('train', 'loss').smoothed]
  const before = smoothed()
  curves.refine(snapshot(2, 3, 4))
  const direct = new RunCurves()
  direct.setSmoothing(0.5)
  direct.load(snapshot(1, 2, 3, 4, 8))
  expect(smoothed()).toEqual([...direct.series('train', 'loss').smoothed])
  curves.unrefine()
  expect(smoothed()).toEqual(before)
})
