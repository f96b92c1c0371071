import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const known = ['epochs', 'batchSize', 'optimizer', 'learningRate']

test.each([
  ['lerningRate', 'learningRate'],
  ['batchsize', 'batchSize'],
  ['epcohs', 'epochs'],
  ['lr', 'learningRate'],
  ['bs', 'batchSize'],
  ['weightDecay', undefined],
  ['', undefined],
])('%s is taken for %s', (typed, expected) => {
  expect(nearestName(typed, known)).toBe(expected)
})
