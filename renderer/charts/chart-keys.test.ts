import { expect, test } from 'vitest'
import { logAxis } from './axis-shape.ts'
import { nextReading } from './chart-keys.ts'

const xs = Array.from({ length: 1000 }, (_, i) => i * 2)

test('reading goes by a hundredth of what is in sight, by a point at least, and stops at the ends', () => {
  expect(nextReading(xs, 100, [0, 2000], 1)).toBe(120)
  expect(nextReading(xs, 100, [90, 110], -1)).toBe(98)
  expect(nextReading(xs, 1998, [0, 1998], 1)).toBe(1998)
  expect(nextReading(xs, 0, [0, 1998], -1)).toBe(0)
  expect(nextReading([], 5, [0, 1], 1)).toBeNull()
})

test('along a logarithmic axis reading goes by single steps at first, by many at last', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => i + 1)
  expect(nextReading(steps, 1, [1, 10_000], 1, logAxis)).toBe(2)
  expect(nextReading(steps, 5000, [1, 10_000], 1, logAxis)).toBe(5482)
  expect(nextReading(steps, 5000, [1, 10_000], -1, logAxis)).toBe(4560)
})

test('reading begins at the edge of what is in sight, also when it stood elsewhere', () => {
  expect(nextReading(xs, null, [0, 1998], -1)).toBe(1998)
  expect(nextReading(xs, null, [501, 601], -1)).toBe(600)
  expect(nextReading(xs, null, [501, 601], 1)).toBe(502)
  expect(nextReading(xs, 40, [501, 601], 1)).toBe(502)
})
