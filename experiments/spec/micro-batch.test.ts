import { describe, expect, it } from 'vitest'
import { experimentSpec } from './experiment-spec.ts'
import { smallerMicroBatch } from './micro-batch.ts'
import { parseValue } from '../schema/parse.ts'

describe('smallerMicroBatch', () => {
  it.each([
    [128, 128, 64],
    [96, 96, 48],
    [90, 45, 18],
    [7, 7, 1],
    [8, 1, undefined],
  ])('of a batch of %i in parts of %i is %s', (batch, part, smaller) => {
    expect(smallerMicroBatch(batch, part)).toBe(smaller)
  })
})

describe('train.microBatch', () => {
  const spec = (microBatch: number) => ({
    version: 1,
    name: 'x',
    network: { zoo: 'lenet5' },
    data: { dataset: 'shapes' },
    train: { epochs: 1, batchSize: 12, microBatch, learningRate: 1 },
  })

  it('divides the batch', () => {
    expect(parseValue(experimentSpec, spec(4)).ok).toBe(true)
    expect(parseValue(experimentSpec, spec(5))).toMatchObject({ ok: false, issues: [{ path: 'train.microBatch' }] })
    expect(parseValue(experimentSpec, spec(24))).toMatchObject({ ok: false, issues: [{ path: 'train.microBatch' }] })
  })
})
