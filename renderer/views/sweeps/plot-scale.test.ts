import { expect, test } from 'vitest'
import { linearScale } from './plot-scale.ts'

test('ticks stand at round numbers inside of the values', () => {
  const { at, ticks } = linearScale([0.812, 0.934], 200, 0)
  expect(ticks).toEqual([0.85, 0.9])
  expect(at(0.812)).toBeGreaterThan(at(0.934))
  expect(at(0.934)).toBeGreaterThan(0)
})

test('one value or none still has a scale', () => {
  expect(linearScale([5], 0, 100).at(5)).toBeCloseTo(50)
  expect(linearScale([], 0, 100).ticks.length).toBeGreaterThan(1)
})
