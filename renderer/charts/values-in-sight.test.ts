import { expect, test } from 'vitest'
import { linearAxis, logAxis } from './axis-shape.ts'
import { valuesInSight } from './values-in-sight.ts'

const line = { xs: [0, 10, 20], ys: [0, 100, 50] }

test('values in sight are those of the points, and of the line at the edges', () => {
  expect(valuesInSight([line], [0, 20], linearAxis, linearAxis)).toEqual([0, 100])
  expect(valuesInSight([line], [5, 10], linearAxis, linearAxis)).toEqual([50, 100])
  expect(valuesInSight([line], [9, 16], linearAxis, linearAxis)).toEqual([70, 100])
  // Both points out of sight, and the line between them in it.
  expect(valuesInSight([line], [2, 4], linearAxis, linearAxis)).toEqual([20, 40])
  expect(valuesInSight([line], [20, 30], linearAxis, linearAxis)).toEqual([50, 50])
  expect(valuesInSight([line], [25, 30], linearAxis, linearAxis)).toEqual([Infinity, -Infinity])
  expect(valuesInSight([], [0, 1], linearAxis, linearAxis)).toEqual([Infinity, -Infinity])
})

test('along logarithmic axes the line is straight on them, and has no value where there is no place', () => {
  const [least, greatest] = valuesInSight([{ xs: [1, 100], ys: [1, 100] }], [10, 100], logAxis, logAxis)
  expect(least).toBeCloseTo(10)
  expect(greatest).toBe(100)
  expect(valuesInSight([line], [0, 10], linearAxis, logAxis)).toEqual([100, 100])
})

test('a band counts with the line, a value that is no number does not', () => {
  const band = { low: [-5, 90, 40], high: [5, 110, 60] }
  expect(valuesInSight([{ ...line, band }], [0, 20], linearAxis, linearAxis)).toEqual([-5, 110])
  expect(valuesInSight([{ xs: [0, 1, 2], ys: [3, Number.NaN, 4] }], [0.5, 2], linearAxis, linearAxis)).toEqual([4, 4])
})
