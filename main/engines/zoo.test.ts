/**
 * Trains every network of the zoo for some steps on small images, by the real engine: each must compile, run and learn. The step is Polyak's,
 * a share of loss / |gradient|^2: to first order the loss then falls by that share whatever the network and the rounding of the processor,
 * and only if the gradient is right.
 */
import { describe, expect, it } from 'vitest'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { zooEntries, zooNetwork } from '../../experiments/zoo/registry.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'

const classes = 4
const batchSize = 4
const steps = 3
/** Of the loss, that each step takes away to first order. */
const share = 0.1
const colour: ImageSize = { height: 32, width: 32, channels: 3 }
const grey: ImageSize = { height: 28, width: 28, channels: 1 }

/** Narrower where the whole network would take minutes here; the layers and their order stay. */
const widths: Readonly<Record<string, number>> = {
  alexnet: 0.5,
  zfnet: 0.25,
  vgg16: 0.25,
  vgg19: 0.25,
  googlenet: 0.5,
  'googlenet-naive': 0.25,
  resnet18: 0.5,
  resnet34: 0.25,
  resnet50: 0.25,
  resnet101: 0.125,
  resnet152: 0.125,
  'wrn28-10': 0.25,
  'wrn50-2': 0.25,
  'resnext50-32x4d': 0.25,
  'inception-resnet-v2': 0.25,
}

/** Images of one grey each, its brightness told by the class, with noise: something that can be learnt at once. */
function batchFor({ height, width, channels }: ImageSize) {
  const random = counterRandom({ seed: 5, purpose: 'zoo test' })
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes)
  const pixels = height * width * channels
  const images = Float32Array.from(
    { length: batchSize * pixels },
    (_, i) => (labels[Math.floor(i / pixels)] ?? 0) - 1.5 + 0.5 * random.normal(),
  )
  return { images, labels }
}

describe.each(zooEntries.map(({ id }) => id))('%s', (id) => {
  // Most of the time goes into onnxruntime's own preparation of deep graphs.
  it('compiles for small images and learns', { timeout: 300_000 }, async () => {
    const input = id === 'lenet5' ? grey : colour
    const document = zooNetwork(id, { input, classes, width: widths[id] ?? 1 })
    const optimizer = { type: 'sgd', momentum: 0 } as const
    const compiled = compileTraining(document, { batchSize, optimizer, dataset: { input, classes } })
    const state = initialState(compiled.state, 1)
    const session = await createOnnxEngine().createSession(compiled, {
      state,
      seed: 1,
      threads: 2,
      stepsPerDispatch: 1,
    })
    // The same number of a step draws the same dropout, so that all steps descend on one function.
    const batch = { ...batchFor(input), step: 0 }
    const losses: number[] = []
    let learningRate = 0
    for (let step = 0; step <= steps + 1; step++) {
      const [result] = await session.train([{ ...batch, learningRate }])
      const { loss, gradientNorm } = result!
      losses.push(loss)
      learningRate = (share * loss) / gradientNorm ** 2
    }
    await session.dispose()
    // The first call moved nothing: its learning rate was zero.
    const start = losses[0]!
    expect(losses.every(Number.isFinite), losses.join()).toBe(true)
    expect(losses[1]).toBe(start)
    expect(losses.at(-1), losses.join()).toBeLessThan(start * (1 - share / 2))
  })
})
