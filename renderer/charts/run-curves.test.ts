import { expect, test } from 'vitest'
import type { MetricPoint, MetricSeries } from '../../experiments/runs/metric.ts'
import { RunCurves } from './run-curves.ts'

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
