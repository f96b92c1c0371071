import { expect, test } from 'vitest'
import { nextStep, type Ladder } from './number-ladder.ts'

const count: Ladder = { kind: 'count', low: 1, high: 100, start: 5 }
const double: Ladder = { kind: 'double', low: 1, high: 65_536, start: 128 }
const rate: Ladder = { kind: 'one-two-five', low: 1e-6, high: 1000, start: 0.01 }
const share: Ladder = { kind: 'count', low: 0, high: 0.9, by: 0.05, start: 0.1 }

test.each<[string, 1 | -1, Ladder, string]>([
  ['5', 1, count, '6'],
  ['1', -1, count, '1'],
  ['100', 1, count, '100'],
  ['128', 1, double, '256'],
  ['128', -1, double, '64'],
  ['100', 1, double, '128'],
  ['100', -1, double, '64'],
  ['65536', 1, double, '65536'],
  ['0.05', 1, rate, '0.1'],
  ['0.05', -1, rate, '0.02'],
  ['0.1', -1, rate, '0.05'],
  ['0.03', 1, rate, '0.05'],
  ['1', 1, rate, '2'],
  ['0.1', 1, share, '0.15'],
  ['0.15', 1, share, '0.2'],
  ['0', -1, share, '0'],
  ['', 1, double, '128'],
  ['abc', -1, rate, '0.01'],
])('%s stepped by %i', (text, direction, ladder, expected) => {
  expect(nextStep(text, direction, ladder)).toBe(expected)
})
