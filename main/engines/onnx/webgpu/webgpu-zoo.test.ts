/** Every family of the zoo, small, on WebGPU and on the CPU: the same weights and batches give the same losses. */
import { describe, expect, it } from 'vitest'
import { counterRandom } from '../../../../experiments/random/counter-random.ts'
import { zooEntries, zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { initialState } from '../../../compiler/initialise-weights.ts'
import { compileTraining } from '../../../compiler/training-graph.ts'
import type { Engine, StepResult } from '../../engine.ts'
import { webgpu } from '../../engines.fixture.ts'
import { createOnnxEngine } from '../onnx-engine.ts'

const classes = 4
const batchSize = 2
/** Of the loss, that the step between the two measured ones takes away to first order. */
const share = 0.1

interface Family {
  /** How much of the network's width. */
  readonly width: number
  /** Most relative difference of gradient norms; of losses it is a fifth. */
  readonly tolerance: number
}

const close = 2e-3
/**
 * Where batch normalisation sees four numbers of a channel, as deep in these networks here, rounding grows from layer to layer: the two
 * lowerings of our own for the CPU differ by as much from each other.
 */
const deep = 0.03

/** One of each family; what is left out is deeper or wider only. */
const families: Readonly<Record<string, Family>> = {
  lenet5: { width: 1, tolerance: close },
  alexnet: { width: 0.125, tolerance: close },
  zfnet: { width: 0.125, tolerance: close },
  vgg16: { width: 0.125, tolerance: close },
  googlenet: { width: 0.125, tolerance: close },
  resnet18: { width: 0.125, tolerance: deep },
  resnet50: { width: 0.125, tolerance: deep },
  resnet20: { width: 0.5, tolerance: close },
  plain20: { width: 0.5, tolerance: close },
  'preact-resnet20': { width: 0.5, tolerance: close },
  'wrn28-10': { width: 0.05, tolerance: close },
  'resnext50-32x4d': { width: 0.125, tolerance: deep },
  'inception-resnet-v2': { width: 0.125, tolerance: deep },
}

function open(id: string) {
  const input = id === 'lenet5' ? { height: 28, width: 28, channels: 1 } : { height: 32, width: 32, channels: 3 }
  const document = zooNetwork(id, { input, classes, width: families[id]!.width })
  const optimizer = { type: 'sgd', momentum: 0 } as const
  const compiled = compileTraining(document, { batchSize, optimizer, dataset: { input, classes } })
  const random = counterRandom({ seed: 5, purpose: 'webgpu zoo' })
  const pixels = batchSize * input.height * input.width * input.channels
  const batch = {
    images: Float32Array.from({ length: pixels }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % classes),
    // The same number of a step draws the same dropout.
    step: 0,
  }
  return { compiled, state: initialState(compiled.state, 1), batch }
}

/** One step for each learning rate, all on the same batch. */
async function train(
  engine: Engine,
  { compiled, state, batch }: ReturnType<typeof open>,
  learningRates: readonly number[],
): Promise<readonly StepResult[]> {
  const session = await engine.createSession(compiled, { state, seed: 1, threads: 2 })
  const results = await session.train(learningRates.map((learningRate) => ({ ...batch, learningRate })))
  await session.dispose()
  return results
}

describe.skipIf(webgpu.absence !== '')(`the zoo on ${webgpu.title}`, () => {
  it('knows the families', () => {
    const known = zooEntries.map(({ id }) => id)
    expect(Object.keys(families).filter((id) => !known.includes(id))).toEqual([])
  })

  it.each(Object.keys(families))('%s trains as on the CPU', { timeout: 300_000 }, async (id) => {
    const network = open(id)
    const { tolerance } = families[id]!
    const [start] = await train(createOnnxEngine(), network, [0])
    const { loss, gradientNorm } = start!
    const rates = [(share * loss) / gradientNorm ** 2, 0]
    const expected = await train(createOnnxEngine(), network, rates)
    const actual = await train(webgpu.engine, network, rates)
    actual.forEach((result, i) => {
      const wanted = expected[i]!
      expect(result.loss / wanted.loss, `loss ${result.loss}, ${wanted.loss}`).toBeGreaterThan(1 - tolerance / 5)
      expect(result.loss / wanted.loss, `loss ${result.loss}, ${wanted.loss}`).toBeLessThan(1 + tolerance / 5)
      const norms = `gradient norm ${result.gradientNorm}, ${wanted.gradientNorm}`
      expect(Math.abs(result.gradientNorm / wanted.gradientNorm - 1), norms).toBeLessThan(tolerance)
      expect(result.correct).toBe(wanted.correct)
    })
    expect(actual[1]!.loss).toBeLessThan(loss)
  })
})
