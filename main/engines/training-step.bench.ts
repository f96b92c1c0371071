/** Training steps of LeNet-5 at batch 128: one step per call of the runtime against many in a Loop. Per call, 16 steps are timed. */
import { describe, it } from 'vitest'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { leNet5 } from '../../experiments/zoo/lenet5.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'

const batchSize = 128
const steps = 16
const input = { height: 28, width: 28, channels: 1 }

const networks = [
  { title: 'average pooling and tanh', network: leNet5({ input, classes: 10 }) },
  { title: 'max pooling and ReLU', network: leNet5({ input, classes: 10, pooling: 'max-pool2d', activation: 'relu' }) },
]

describe('LeNet-5, 16 steps of 128 images', () => {
  it.for(networks)('$title', async ({ network }, { bench }) => {
    const compiled = compileTraining(network, { batchSize, optimizer: { type: 'sgd', momentum: 0.9 } })
    const random = counterRandom({ seed: 1, purpose: 'bench' })
    const batches = Array.from({ length: steps }, (_, step) => ({
      step,
      images: Float32Array.from({ length: batchSize * 784 }, () => random.normal()),
      labels: Int32Array.from({ length: batchSize }, () => random.below(10)),
      learningRate: 0.01,
    }))
    const open = (stepsPerDispatch: number) =>
      createOnnxEngine().createSession(compiled, { state: initialState(compiled.state, 1), seed: 1, stepsPerDispatch })
    const single = await open(1)
    const loop = await open(steps)
    await bench.compare(
      bench('1 step per call', async () => {
        await single.train(batches)
      }),
      bench('16 steps per call', async () => {
        await loop.train(batches)
      }),
      { iterations: 10, time: 1000 },
    )
    await single.dispose()
    await loop.dispose()
  })
})
