import { describe, expect, it, test } from 'vitest'
import { chain } from '../zoo/chain.ts'
import { zooEntries, zooNetwork } from '../zoo/registry.ts'
import { estimateTrainingMemory } from './training-memory.ts'

const sgd = { type: 'sgd', momentum: 0, nesterov: false } as const
const adam = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

describe('estimateTrainingMemory', () => {
  it('keeps what gradient rules read, and nothing else', () => {
    const network = chain('kept', [
      { id: 'input', type: 'input', params: { height: 8, width: 8, channels: 2 } },
      { id: 'conv', type: 'conv2d', params: { filters: 4 } },
      { id: 'norm', type: 'batch-normalization' },
      { id: 'relu', type: 'relu' },
      { id: 'scale', type: 'scale' },
      { id: 'pool', type: 'average-pool2d' },
      { id: 'flatten', type: 'flatten' },
      { id: 'dense', type: 'dense', params: { units: 3 } },
      { id: 'classifier', type: 'classifier' },
    ])
    const memory = estimateTrainingMemory(network, { batchSize: 2, optimizer: sgd })
    const map = 2 * 4 * 64 * 4
    const kept = Object.fromEntries(memory.layers.map(({ id, keptBytes }) => [id, keptBytes]))
    // The norm reads its input and its statistics, ReLU its output; scaling reads its constant, average pooling nothing; dense reads its features.
    expect(kept).toMatchObject({ conv: map, relu: map, scale: 4, pool: map / 4, flatten: 0, dense: 0 })
    expect(kept.norm).toBe(2 * 4 * 4)
    const weights = 4 * 2 * 9 + 4 + 4 + 4 + 3 * 64 + 3
    expect(memory.gradientBytes).toBe(4 * weights)
    expect(memory.weightBytes).toBe(4 * (weights + 8))
    expect(memory.batchBytes).toBe(2 * 2 * 64 * 4)
    expect(memory.keptBytes).toBe(2 * map + map / 4 + 32 + 4)
  })

  it('keeps nothing before the first weight, and two tensors per weight for Adam', () => {
    const network = chain('front', [
      { id: 'input', type: 'input', params: { height: 8, width: 8, channels: 2 } },
      { id: 'tanh', type: 'tanh' },
      { id: 'flatten', type: 'flatten' },
      { id: 'dense', type: 'dense', params: { units: 3 } },
      { id: 'classifier', type: 'classifier' },
    ])
    const memory = estimateTrainingMemory(network, { batchSize: 1, optimizer: adam })
    // Its output is the input of a weight, which its gradient needs; the tanh itself is not differentiated.
    expect(memory.layers.find(({ id }) => id === 'tanh')?.keptBytes).toBe(2 * 64 * 4)
    expect(memory.optimizerBytes).toBe(2 * memory.gradientBytes)
  })

  it('grows with the batch as the activations do', () => {
    const at = (batchSize: number) => estimateTrainingMemory(zooNetwork('resnet20'), { batchSize, optimizer: sgd })
    const [one, eight] = [at(1), at(8)]
    expect(eight.keptBytes / one.keptBytes).toBeCloseTo(8, 1)
    expect(eight.weightBytes).toBe(one.weightBytes)
  })
})

test.each(zooEntries.map(({ id }) => id))('%s has an estimate, above that of its weights', (id) => {
  const memory = estimateTrainingMemory(zooNetwork(id), { batchSize: 1, optimizer: sgd })
  expect(memory.issues).toEqual([])
  expect(memory.transientBytes).toBeGreaterThanOrEqual(0)
  expect(memory.totalBytes).toBeGreaterThan(3 * memory.weightBytes + memory.keptBytes)
})
