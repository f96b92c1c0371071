import { describe, expect, it } from 'vitest'
import type { InitializerName } from '../../experiments/layers/initializers.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { initialState } from './initialise-weights.ts'
import { compileTraining } from './training-graph.ts'

const leNet = zooNetwork('lenet5')
const options = { batchSize: 8, optimizer: { type: 'sgd', momentum: 0.9 } } as const

describe('compileTraining', () => {
  it('lists weights first, then what the optimizer keeps, under stable names', () => {
    const { state, input, classes } = compileTraining(leNet, options)
    expect(state.slice(0, 2).map((tensor) => tensor.name)).toEqual(['conv1.kernel', 'conv1.bias'])
    expect(state.filter((tensor) => tensor.kind === 'optimizer')).toHaveLength(10)
    expect(state.at(-1)).toMatchObject({
      name: 'dense3.bias/velocity',
      kind: 'optimizer',
      shape: [10],
      start: { fill: 0 },
    })
    expect({ input, classes }).toEqual({ input: { height: 28, width: 28, channels: 1 }, classes: 10 })
  })

  it('keeps nothing for an optimizer without momentum', () => {
    const { state } = compileTraining(leNet, { ...options, optimizer: { type: 'sgd', momentum: 0 } })
    expect(state.every((tensor) => tensor.kind === 'weight')).toBe(true)
  })

  it('refuses a network with problems, and lists all of them', () => {
    const dataset = { input: { height: 32, width: 32, channels: 3 }, classes: 7 }
    expect(() => compileTraining(leNet, { ...options, dataset })).toThrow(
      expect.objectContaining({
        code: 'shape-mismatch',
        details: {
          issues: [expect.objectContaining({ node: 'input' }), expect.objectContaining({ code: 'class-mismatch' })],
        },
      }),
    )
  })

  it('refuses a batch whose tensors would be over the limit', () => {
    expect(() => compileTraining(leNet, { ...options, batchSize: 1_000_000 })).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    )
  })

  it('leaves the batch free in reshapes of the evaluation program, as export needs it', () => {
    const { evaluation } = compileTraining(leNet, options)
    const flatten = evaluation.nodes.find((node) => node.origin === 'flatten')
    expect(flatten?.attributes).toEqual({ shape: [-1, 400] })
  })
})

describe('initialState', () => {
  const { state } = compileTraining(leNet, options)

  it('is the same for the same seed, and another for another', () => {
    expect(initialState(state, 1)).toEqual(initialState(state, 1))
    expect(initialState(state, 2).get('conv1.kernel')).not.toEqual(initialState(state, 1).get('conv1.kernel'))
  })

  it('draws a tensor the same whatever other tensors there are', () => {
    const alone = state.filter((tensor) => tensor.name === 'dense2.kernel')
    expect(initialState(alone, 1).get('dense2.kernel')).toEqual(initialState(state, 1).get('dense2.kernel'))
  })

  it.each(['he-normal', 'he-uniform', 'glorot-normal', 'glorot-uniform', 'lecun-normal', 'lecun-uniform'] as const)(
    'draws %s with mean 0 and its variance',
    (initializer) => {
      const [fanIn, fanOut] = [300, 100]
      const shape = [fanOut, fanIn]
      const start = { initializer, fanIn, fanOut }
      const values = initialState([{ name: 'w', kind: 'weight', shape, start }], 3).get('w') ?? new Float32Array()
      const expected =
        { he: 2 / fanIn, glorot: 2 / (fanIn + fanOut), lecun: 1 / fanIn }[initializer.split('-')[0] ?? ''] ?? Number.NaN
      const count = elementCount(shape)
      const meanOf = (f: (value: number) => number) => values.reduce((sum, value) => sum + f(value), 0) / count
      expect(Math.abs(meanOf((value) => value))).toBeLessThan(4 * Math.sqrt(expected / count))
      expect(Math.abs(meanOf((value) => value * value) / expected - 1)).toBeLessThan(0.03)
    },
  )

  const drawn = (initializer: InitializerName, shape: readonly number[], gain = 1) => {
    const start = { initializer, gain, fanIn: 1, fanOut: 1 }
    return initialState([{ name: 'w', kind: 'weight', shape, start }], 3).get('w') ?? new Float32Array()
  }

  it('cuts a truncated normal off at two deviations', () => {
    const values = drawn('truncated-normal', [200, 200])
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.04))
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length
    // Deviation of a normal variable within two deviations.
    expect(Math.sqrt(square) / 0.02).toBeCloseTo(0.8796, 2)
  })

  it.each([
    [6, 10],
    [10, 6],
    [8, 8],
  ])('draws %i x %i orthogonal weights', (rows, columns) => {
    const values = drawn('orthogonal', [rows, columns / 2, 2], 3)
    const count = Math.min(rows, columns)
    const vector = (i: number) =>
      Array.from(
        { length: Math.max(rows, columns) },
        (_, k) => values[rows <= columns ? i * columns + k : k * columns + i] ?? Number.NaN,
      )
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const product = vector(i).reduce((sum, value, k) => sum + value * (vector(j)[k] ?? Number.NaN), 0)
        expect(product).toBeCloseTo(i === j ? 9 : 0, 5)
      }
    }
  })

  it('multiplies by the gain', () => {
    expect(drawn('he-normal', [4], 2)).toEqual(drawn('he-normal', [4]).map((value) => 2 * value))
    expect([...drawn('constant', [2], 0.25)]).toEqual([0.25, 0.25])
  })

  it('fills constants', () => {
    const start = (initializer: 'zeros' | 'ones') => ({ initializer, fanIn: 1, fanOut: 1 })
    const tensors = (['zeros', 'ones'] as const).map((name) => ({
      name,
      kind: 'weight' as const,
      shape: [2],
      start: start(name),
    }))
    const values = initialState(tensors, 1)
    expect([...(values.get('zeros') ?? []), ...(values.get('ones') ?? [])]).toEqual([0, 0, 1, 1])
  })
})
