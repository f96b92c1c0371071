/** Puts every layer of the registry through everything; a new layer is tested by being registered. */
import { describe, expect, it } from 'vitest'
import { analyzeNetwork } from '../../experiments/analysis/analyze-network.ts'
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import { layers } from '../../experiments/layers/registry.ts'
import { checkNetwork } from '../../experiments/network/check-network.ts'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { reduceMean } from '../../experiments/ops/reduce-mean.ts'
import { softmaxCrossEntropy } from '../../experiments/ops/softmax-cross-entropy.ts'
import { verifyProgram } from '../../experiments/ops/verify-program.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { differentiate } from '../compiler/differentiate.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import { classes, imageSize, networkAround } from './layer-network.fixture.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'
import type { ReferenceTensor } from './reference/reference-tensor.ts'
import { runProgram } from './reference/run-program.ts'

/** Settings worth a test of their own, besides the defaults that every layer is tested with. */
const variants: Readonly<Record<string, readonly JsonObject[]>> = {
  conv2d: [
    { filters: 3, kernel: [3, 2], stride: 2, padding: 'valid' },
    { filters: 4, kernel: 3, dilation: 2, padding: 'same', bias: false },
    { filters: 4, groups: 2, padding: [1, 0, 0, 1] },
    { filters: 2, groups: 2, stride: [2, 1] },
  ],
  'max-pool2d': [
    { kernel: 3, stride: 2, padding: 'same' },
    { kernel: 3, stride: 2, ceilMode: true },
    { kernel: 2, stride: 3, padding: 1, ceilMode: true },
  ],
  'average-pool2d': [
    { kernel: 3, stride: 2, padding: 1, countPadding: true },
    { kernel: [2, 4], stride: [2, 4] },
    { kernel: 3, stride: 2, padding: [1, 0, 0, 1], ceilMode: true, countPadding: true },
    { kernel: 3, stride: 2, ceilMode: true },
  ],
  dense: [{ units: 5, bias: false }],
  dropout: [{ rate: 0.2 }, { rate: 0.3, wholeChannels: true }],
  'batch-normalization': [{ momentum: 0.5, epsilon: 0.01 }],
  'local-response-normalization': [{ size: 2, alpha: 1, beta: 0.5, bias: 1 }],
  'global-average-pool': [{ keepSize: true }],
  'global-max-pool': [{ keepSize: true }],
  'depthwise-conv2d': [{ multiplier: 2, stride: 2, bias: false }],
  'adaptive-average-pool2d': [{ size: [3, 2] }, { size: 4 }],
  'zero-pad': [{ padding: [1, 0, 2, 1], channelsBefore: 1, channelsAfter: 2 }],
  crop: [{ borders: [1, 0, 2, 1] }],
  upsample: [{ factor: [3, 2], method: 'bilinear' }],
  scale: [{ factor: -2 }],
  prelu: [{ shared: true, initialSlope: -0.1 }],
}
const cases = layers.flatMap((layer) => [{}, ...(variants[layer.id] ?? [])].map((params) => ({ layer, params })))
const name = ({ layer, params }: (typeof cases)[number]) => `${layer.id} ${JSON.stringify(params)}`
const titled = cases.map((entry) => ({ ...entry, title: name(entry) }))

const batchSize = 4
const compileOptions = { batchSize, optimizer: { type: 'sgd', momentum: 0 } } as const

function batchFor(input = imageSize, step = 0) {
  const random = counterRandom({ seed: 3, purpose: 'layer test', index: step })
  const pixels = batchSize * input.height * input.width * input.channels
  return {
    step,
    images: Float32Array.from({ length: pixels }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % classes),
    learningRate: 0.01,
  }
}

describe.each(titled)('layer $title', ({ layer, params }) => {
  const document = networkAround(layer, params)

  it('has no problem in a small network', () => {
    expect(checkNetwork(document, { input: imageSize, classes })).toEqual([])
  })

  it('has as many parameters as its analysis says, and the shapes', () => {
    const analysis = analyzeNetwork(document)
    const compiled = compileTraining(document, compileOptions)
    const weights = compiled.state.filter((tensor) => tensor.kind === 'weight')
    expect(analysis.params).toBe(weights.reduce((sum, weight) => sum + elementCount(weight.shape), 0))
    const state = initialState(compiled.state, 1)
    for (const { name: tensor, shape } of compiled.state) expect(state.get(tensor)).toHaveLength(elementCount(shape))
    expect(analysis.layers.at(-2)?.outputShape).toEqual([classes])
  })

  it('has the gradients of finite differences by every weight and by the images', () => {
    const network = lowerNetwork(document, { mode: 'training', batch: batchSize })
    const { builder: b, images, logits } = network
    if (!images || !logits) throw new Error('the network is not complete')
    const labels = b.input('labels', 'labels', { dtype: 'int32', shape: [batchSize] })
    const loss = reduceMean(b, softmaxCrossEntropy(b, logits, labels))
    b.output('loss', 'result', loss)
    const targets = [{ name: 'images', value: images }, ...network.weights]
    const gradients = differentiate(
      b,
      loss,
      targets.map((target) => target.value),
    )
    gradients.forEach((gradient, i) => gradient && b.output(`d ${targets[i]?.name}`, 'result', gradient))
    const program = b.finish()
    verifyProgram(program, 'differentiation')
    const inputs = new Map(
      program.inputs.map((input) => [input.name, randomTensor(input.name, input.role, input.value.type.shape)]),
    )
    const results = runProgram(program, inputs)
    for (const target of targets) {
      const gradient = results.get(`d ${target.name}`)
      expect(gradient, `the loss does not depend on ${target.name}`).toBeDefined()
      if (gradient) expectDerivative(program, inputs, target.name, gradient)
    }
  })

  it('trains: repeated small steps on one batch lower the loss, equally on onnxruntime and on the reference', async () => {
    const compiled = compileTraining(document, compileOptions)
    const state = initialState(compiled.state, 1)
    const batches = Array.from({ length: 6 }, (_, step) => ({ ...batchFor(), step }))
    const losses: number[][] = []
    for (const engine of [createOnnxEngine(), createReferenceEngine()]) {
      const session = await engine.createSession(compiled, { state, seed: 5, threads: 1 })
      losses.push((await session.train(batches)).map((result) => result.loss))
      const { losses: evaluated } = await session.evaluate({ ...batchFor(), count: batchSize })
      losses.push([...evaluated])
      await session.dispose()
    }
    const [onnx = [], onnxEvaluated = [], reference = [], referenceEvaluated = []] = losses
    onnx.forEach((loss, i) => expect(loss).toBeCloseTo(reference[i] ?? Number.NaN, 4))
    onnxEvaluated.forEach((loss, i) => expect(loss).toBeCloseTo(referenceEvaluated[i] ?? Number.NaN, 4))
    // Dropout draws other values in every step: compared without it, after training and before.
    const session = await createReferenceEngine().createSession(compiled, { state, seed: 5 })
    const before = await session.evaluate({ ...batchFor(), count: batchSize })
    expect(mean(onnxEvaluated)).toBeLessThan(mean([...before.losses]))
  })
})

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function randomTensor(input: string, role: string, shape: readonly number[]): ReferenceTensor {
  const random = counterRandom({ seed: 4, purpose: input })
  const draw = () => {
    if (role === 'labels') return random.below(classes)
    if (role === 'random') return random.uniform()
    return role === 'state' ? 0.5 + random.uniform() : random.normal()
  }
  return { shape, data: Float64Array.from({ length: elementCount(shape) }, draw) }
}

/** Compares a few elements, spread over the tensor, with central differences. */
function expectDerivative(
  program: Parameters<typeof runProgram>[0],
  inputs: ReadonlyMap<string, ReferenceTensor>,
  input: string,
  gradient: ReferenceTensor,
): void {
  const tensor = inputs.get(input)
  if (!tensor) throw new Error(input)
  const step = 1e-5
  const lossAt = (i: number, shift: number) => {
    const data = tensor.data.slice()
    data[i] = (data[i] ?? 0) + shift
    return runProgram(program, new Map([...inputs, [input, { ...tensor, data }]])).get('loss')?.data[0] ?? Number.NaN
  }
  const stride = Math.max(1, Math.floor(tensor.data.length / 12))
  for (let i = 0; i < tensor.data.length; i += stride) {
    const numeric = (lossAt(i, step) - lossAt(i, -step)) / (2 * step)
    expect(Math.abs((gradient.data[i] ?? Number.NaN) - numeric), `${input}[${i}]`).toBeLessThan(1e-6)
  }
}
