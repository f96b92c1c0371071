import { describe, expect, it } from 'vitest'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import { leNet5 } from '../../../experiments/zoo/lenet5.ts'
import { createOnnxEngine } from '../../engines/onnx/onnx-engine.ts'
import { compileTraining } from '../training-graph.ts'
import golden from './lenet5.json' with { type: 'json' }

const batchSize = 16

/** The same numbers as in lenet5.py: see there. */
function numbers(stream: number, count: number, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const first = Math.imul(i + stream * 1_000_003 + 1, 2654435761) >>> 0
    const second = Math.imul((first ^ (first >>> 15)) >>> 0, 2246822519) >>> 0
    return Math.fround((second >>> 8) / 2 ** 23 - 1) * scale
  })
}

const variants = [
  { pooling: 'average-pool2d', activation: 'tanh', expected: golden['average-pool2d tanh'] },
  { pooling: 'max-pool2d', activation: 'relu', expected: golden['max-pool2d relu'] },
  { pooling: 'average-pool2d', activation: 'sigmoid', expected: golden['average-pool2d sigmoid'] },
] as const

describe('20 training steps equal those of PyTorch', () => {
  it.each(variants)('LeNet-5 with $pooling and $activation', async ({ pooling, activation, expected }) => {
    const network = leNet5({ input: { height: 28, width: 28, channels: 1 }, classes: 10, pooling, activation })
    const compiled = compileTraining(network, { batchSize, optimizer: { type: 'sgd', momentum: 0.9 } })
    const weights = compiled.state.filter((tensor) => tensor.kind === 'weight')
    const state = new Map(
      compiled.state.map(({ name, kind, shape }) => {
        if (kind !== 'weight') return [name, new Float32Array(elementCount(shape))]
        const fanIn = shape.length > 1 ? elementCount(shape.slice(1)) : 100
        const stream = weights.findIndex((weight) => weight.name === name)
        return [name, numbers(stream, elementCount(shape), Math.fround(Math.sqrt(3 / fanIn)))]
      }),
    )
    const batches = Array.from({ length: 20 }, (_, step) => ({
      step,
      images: numbers(100 + (step % 4), batchSize * 784),
      labels: Int32Array.from({ length: batchSize }, (_, i) => (i * 7 + (step % 4)) % 10),
      learningRate: 0.05,
    }))
    const session = await createOnnxEngine().createSession(compiled, { state, seed: 1, threads: 2 })
    const results = await session.train(batches)
    await session.dispose()
    expect(expected).toHaveLength(20)
    results.forEach(({ loss }, step) => {
      const wanted = expected[step] ?? Number.NaN
      expect(Math.abs(loss / wanted - 1), `step ${step}: ${loss} against ${wanted}`).toBeLessThan(1e-4)
    })
  })
})
