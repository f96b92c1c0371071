import { describe, expect, it } from 'vitest'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { checkNetwork } from '../../experiments/network/check-network.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import type { OptimizerSpecInput } from '../../experiments/spec/optimizer-spec.ts'
import type { StepResult, TrainingBatch } from '../engines/engine.ts'
import { createOnnxEngine } from '../engines/onnx/onnx-engine.ts'
import { createReferenceEngine } from '../engines/reference/reference-engine.ts'
import { initialState } from './initialise-weights.ts'
import { compileTraining } from './training-graph.ts'
import type { TrainingRules } from './training-step.ts'

/** Convolution, batch normalisation and dropout, and an auxiliary classifier beside the main one. */
const network: NetworkDocument = {
  format: 'strata.network',
  version: 1,
  name: 'with all that training keeps',
  nodes: [
    { id: 'input', type: 'input', params: { height: 5, width: 5, channels: 2 } },
    { id: 'conv', type: 'conv2d', params: { filters: 4 } },
    { id: 'norm', type: 'batch-normalization' },
    { id: 'relu', type: 'relu' },
    { id: 'drop', type: 'dropout', params: { rate: 0.3 } },
    { id: 'flatten', type: 'flatten' },
    { id: 'dense', type: 'dense', params: { units: 3 } },
    { id: 'main', type: 'classifier' },
    { id: 'side-pool', type: 'global-average-pool' },
    { id: 'side-dense', type: 'dense', params: { units: 3 } },
    { id: 'side', type: 'classifier', params: { role: 'auxiliary', weight: 0.4 } },
  ],
  edges: [
    ...['input', 'conv', 'norm', 'relu', 'drop', 'flatten', 'dense'].map((source, i, ids) => ({
      source,
      target: ids[i + 1] ?? 'main',
    })),
    { source: 'relu', target: 'side-pool' },
    { source: 'side-pool', target: 'side-dense' },
    { source: 'side-dense', target: 'side' },
  ],
}
const batchSize = 6
const sgd: OptimizerSpecInput = { type: 'sgd' }

const batches = Array.from({ length: 6 }, (_, step): TrainingBatch => {
  const random = counterRandom({ seed: 1, purpose: 'batch', index: step })
  return {
    step,
    images: Float32Array.from({ length: batchSize * 50 }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, i) => i % 3),
    learningRate: 0.01,
  }
})

async function train(
  rules: TrainingRules,
  { engine = createOnnxEngine(), stepsPerDispatch = 1, document = network } = {},
) {
  const compiled = compileTraining(document, { batchSize, ...rules })
  const options = { state: initialState(compiled.state, 3), seed: 5, threads: 1, stepsPerDispatch }
  const session = await engine.createSession(compiled, options)
  const results: StepResult[] = []
  for (let i = 0; i < batches.length; i += stepsPerDispatch)
    results.push(...(await session.train(batches.slice(i, i + stepsPerDispatch))))
  const state = await session.readState()
  await session.dispose()
  return { results, state }
}

const everyOptimizer: readonly OptimizerSpecInput[] = [
  { type: 'sgd' },
  { type: 'sgd', momentum: 0.9 },
  { type: 'sgd', momentum: 0.9, nesterov: true },
  { type: 'rmsprop' },
  { type: 'rmsprop', momentum: 0.5 },
  { type: 'adam' },
  { type: 'adamw' },
]

describe('every optimizer', () => {
  it.each(everyOptimizer)('%j trains the same however many steps are dispatched at once', async (optimizer) => {
    const rules = { optimizer, weightDecay: 0.01, gradientClip: { norm: 1, value: 0.5 }, labelSmoothing: 0.1 }
    const single = await train(rules)
    const many = await train(rules, { stepsPerDispatch: 3 })
    expect(many.results).toEqual(single.results)
    expect(many.state).toEqual(single.state)
  })

  it.each(everyOptimizer)('%j trains as the reference does', async (optimizer) => {
    const rules = { optimizer, weightDecay: 0.01, gradientClip: { norm: 1 } }
    const onnx = await train(rules)
    const reference = await train(rules, { engine: createReferenceEngine() })
    onnx.results.forEach(({ loss }, i) => expect(loss).toBeCloseTo(reference.results[i]?.loss ?? Number.NaN, 4))
  })
})

function normOf(values: Float32Array | undefined): number {
  return Math.hypot(...(values ?? [Number.NaN]))
}

describe('weight decay', () => {
  it('leaves biases and norms alone unless told otherwise', async () => {
    const plain = await train({ optimizer: { type: 'adamw' } })
    const kernels = await train({ optimizer: { type: 'adamw' }, weightDecay: 1 })
    const all = await train({ optimizer: { type: 'adamw' }, weightDecay: 1, weightDecayOn: 'all' })
    expect(normOf(kernels.state.get('dense.kernel'))).toBeLessThan(normOf(plain.state.get('dense.kernel')))
    expect(normOf(all.state.get('norm.scale'))).toBeLessThan(0.97 * normOf(kernels.state.get('norm.scale')))
    // Of one step only: later gradients differ, because the kernels do.
    const first = batches.slice(0, 1)
    const scales = []
    for (const weightDecay of [0, 1]) {
      const compiled = compileTraining(network, { batchSize, optimizer: sgd, weightDecay })
      const session = await createOnnxEngine().createSession(compiled, {
        state: initialState(compiled.state, 3),
        seed: 5,
        threads: 1,
      })
      await session.train(first)
      scales.push((await session.readState()).get('norm.scale'))
      await session.dispose()
    }
    expect(scales[1]).toEqual(scales[0])
  })
})

describe('clipping', () => {
  it('bounds the step by the norm, and reports the norm before', async () => {
    const free = await train({ optimizer: sgd })
    const clipped = await train({ optimizer: sgd, gradientClip: { norm: 1e-3 } })
    expect(clipped.results[0]?.gradientNorm).toBe(free.results[0]?.gradientNorm)
    expect(free.results[0]?.gradientNorm).toBeGreaterThan(0.1)
    const start = initialState(compileTraining(network, { batchSize, optimizer: sgd }).state, 3)
    const moved = [...clipped.state].flatMap(([name, values]) =>
      /mean|variance/.test(name) ? [] : [...values].map((value, i) => value - (start.get(name)?.[i] ?? Number.NaN)),
    )
    // Six steps of at most learning rate times norm.
    expect(Math.hypot(...moved)).toBeLessThanOrEqual(6 * 0.01 * 1e-3 * 1.01)
    expect(Math.hypot(...moved)).toBeGreaterThan(0.01 * 1e-3)
  })
})

describe('an auxiliary classifier', () => {
  it('adds its weighed loss, and its gradients reach what it is built on', async () => {
    const withoutSide = {
      ...network,
      nodes: network.nodes.filter(({ id }) => !id.startsWith('side')),
      edges: network.edges.filter(({ target }) => !target.startsWith('side')),
    }
    const both = await train({ optimizer: sgd })
    const main = await train({ optimizer: sgd }, { document: withoutSide })
    const added = (both.results[0]?.loss ?? 0) - (main.results[0]?.loss ?? 0)
    expect(added).toBeGreaterThan(0.4 * 0.2)
    expect(both.state.get('conv.kernel')).not.toEqual(main.state.get('conv.kernel'))
  })

  it('is cut off with what leads to it only when the network is used', () => {
    const compiled = compileTraining(network, { batchSize, optimizer: sgd })
    expect(compiled.state.some(({ name }) => name === 'side-dense.kernel')).toBe(true)
    expect(compiled.evaluation.inputs.some(({ name }) => name.startsWith('side'))).toBe(false)
    const used = lowerNetwork(network, { mode: 'inference', batch: 1 })
    expect(used.nodes.map(({ id }) => id).filter((id) => id.startsWith('side'))).toEqual([])
    const shown = lowerNetwork(network, { mode: 'inference', batch: 1, auxiliary: true })
    expect(shown.nodes).toHaveLength(network.nodes.length)
  })

  it('must have as many scores as the main one, and cannot be the only one', () => {
    const dataset = { input: { height: 5, width: 5, channels: 2 }, classes: 3 }
    expect(checkNetwork(network, dataset)).toEqual([])
    const wrong = {
      ...network,
      nodes: network.nodes.map((node) => (node.id === 'side-dense' ? { ...node, params: { units: 4 } } : node)),
    }
    expect(checkNetwork(wrong, dataset)).toMatchObject([{ code: 'class-mismatch', node: 'side-dense', field: 'units' }])
    const sidesOnly = {
      ...network,
      nodes: network.nodes.map((node) => (node.id === 'main' ? { ...node, params: { role: 'auxiliary' } } : node)),
    }
    expect(checkNetwork(sidesOnly).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/make the last one the main classifier/),
    )
    const twoMain = {
      ...network,
      nodes: network.nodes.map((node) => (node.id === 'side' ? { ...node, params: {} } : node)),
    }
    expect(checkNetwork(twoMain).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/make it an auxiliary one/),
    )
  })
})
