import { expect, test } from 'vitest'
import { confusedPairs } from './confused-pairs.ts'
import { freshSeeds } from './fresh-seeds.ts'

test('confused pairs are the cells beside the diagonal, the fullest first', () => {
  const confusion = [
    [9, 1, 0],
    [4, 5, 1],
    [0, 0, 7],
  ]
  expect(confusedPairs(confusion, 2)).toEqual([
    { label: 1, predicted: 0, count: 4 },
    { label: 0, predicted: 1, count: 1 },
  ])
  expect(confusedPairs(confusion, 9)).toHaveLength(3)
})

test('fresh seeds leave out those that are taken', () => {
  expect(freshSeeds(new Set([1, 3]), 3)).toEqual([2, 4, 5])
})
