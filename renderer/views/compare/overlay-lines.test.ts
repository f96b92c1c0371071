import { expect, test } from 'vitest'
import type { RunDetail } from '../../../experiments/runs/run-record.ts'
import type { ComparedRun } from '../../state/comparison.svelte.ts'
import { overlayLines, rangeOf, smallestView, stepsInSight } from './overlay-lines.ts'

/** A hundred steps in ten epochs, a step each tenth of a second, from a thousand milliseconds on. */
const steps = Array.from({ length: 100 }, (_, i) => i + 1)
const run: ComparedRun = {
  detail: { id: 7, name: 'run', progress: { steps: 100, epochs: 10 } } as RunDetail,
  series: [
    {
      split: 'train',
      name: 'loss',
      steps,
      values: steps.map(() => 2),
      at: steps.map((step) => 1000 + (step - 1) * 100),
    },
    { split: 'validation', name: 'loss', steps: [10, 20], values: [1, 3], at: [1900, 2900] },
    { split: 'train', name: 'learningRate', steps, values: steps.map((step) => step), at: steps.map(() => 1000) },
  ],
  colour: 'blue',
  configuration: undefined,
}
const lines = (changes: object) =>
  overlayLines([run], { metric: 'loss', split: 'train', xAxis: 'step', smoothing: 0.9, ...changes })

test('a series lies over steps, parts of epochs or seconds', () => {
  expect(lines({})[0]?.xs.slice(0, 2)).toEqual([1, 2])
  expect(lines({ xAxis: 'epoch' })[0]?.xs.at(-1)).toBe(10)
  expect(lines({ xAxis: 'time' })[0]?.xs.at(-1)).toBeCloseTo(9.9)
  expect(lines({ split: 'validation', xAxis: 'time' })[0]?.xs).toEqual([0.9, 1.9])
})

test('what has few values is marked and exact, and so is the learning rate', () => {
  expect(lines({ split: 'validation' })[0]).toMatchObject({ marked: true, ys: [1, 3] })
  expect(lines({ metric: 'learningRate' })[0]?.ys).toEqual(steps)
  expect(lines({ splitName: 'Train' })[0]).toMatchObject({ label: 'run, Train', dashed: true })
  expect(lines({ split: 'validation', splitName: 'Validation' })[0]?.dashed).toBe(false)
})

test('a range of any axis is one of steps, for which finer points are asked', () => {
  expect(stepsInSight(run, [3, 9], 'step')).toEqual([3, 9])
  expect(stepsInSight(run, [1, 2], 'epoch')).toEqual([10, 20])
  const [from, to] = stepsInSight(run, [1, 2], 'time')
  expect(from).toBeLessThanOrEqual(11)
  expect(to).toBeGreaterThanOrEqual(21)
  expect(to - from).toBeLessThan(13)
  expect(smallestView([run], 'epoch')).toBeCloseTo(0.4)
  expect(smallestView([run], 'time')).toBeCloseTo(0.4, 1)
})

test('the range of several lines holds all of them, and is never empty', () => {
  expect(rangeOf([...lines({}), ...lines({ split: 'validation' })])).toEqual([1, 100])
  expect(rangeOf([])).toEqual([0, 1])
})
