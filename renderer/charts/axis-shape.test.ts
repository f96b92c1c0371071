import { expect, test } from 'vitest'
import { linearAxis, logAxis, pixelScale, shapedRange } from './axis-shape.ts'

test('a value lies where its axis says, and the axis may run upwards', () => {
  expect(pixelScale(linearAxis, [0, 10], 5, 100)(2.5)).toBe(30)
  expect(pixelScale(linearAxis, [0, 10], 100, -100)(2.5)).toBe(75)
  expect(pixelScale(logAxis, [1, 10_000], 5, 100)(100)).toBeCloseTo(55)
  expect(pixelScale(logAxis, [1, 100], 0, 100)(0)).toBe(-Infinity)
})

test('a logarithmic axis begins with the least value above zero, and an even one where it is told', () => {
  expect(shapedRange(linearAxis, [0, 500], 3)).toEqual([0, 500])
  expect(shapedRange(logAxis, [0, 500], 3)).toEqual([3, 500])
  expect(shapedRange(logAxis, [2, 500], 3)).toEqual([2, 500])
  expect(shapedRange(logAxis, [0, 500], 0)).toEqual([0.5, 500])
  expect(shapedRange(logAxis, [0, 0], 0)).toEqual([0.1, 1])
})
