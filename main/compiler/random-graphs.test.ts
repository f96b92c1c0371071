import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument, NetworkNode } from '../../experiments/network/network-document.ts'
import { reduceMean } from '../../experiments/ops/reduce-mean.ts'
import { softmaxCrossEntropy } from '../../experiments/ops/softmax-cross-entropy.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { verifyProgram } from '../../experiments/ops/verify-program.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { createOnnxEngine } from '../engines/onnx/onnx-engine.ts'
import { createReferenceEngine } from '../engines/reference/reference-engine.ts'
import type { ReferenceTensor } from '../engines/reference/reference-tensor.ts'
import { runProgram } from '../engines/reference/run-program.ts'
import { differentiate } from './differentiate.ts'
import { initialState } from './initialise-weights.ts'
import { optimizeProgram } from './passes/optimize-program.ts'
import { compileTraining } from './training-graph.ts'

interface Step {
  readonly type: string
  readonly params: JsonObject
  /** Choose its inputs among the layers so far. */
  readonly sources: readonly number[]
}

const batch = 2
const classes = 3
const kernel = fc.integer({ min: 1, max: 3 })
const stride = fc.integer({ min: 1, max: 2 })
const padding = fc.constantFrom('same', 'valid', 1)

function layer(type: string, params: fc.Arbitrary<JsonObject> = fc.constant({})): fc.Arbitrary<Step> {
  return fc.record({
    type: fc.constant(type),
    params,
    sources: fc.array(fc.nat(), { minLength: 2, maxLength: 3 }),
  })
}

const anyLayer = fc.oneof(
  layer(
    'conv2d',
    fc.record({
      filters: fc.integer({ min: 1, max: 4 }),
      kernel,
      stride,
      padding,
      dilation: stride,
      groups: stride,
      bias: fc.boolean(),
    }),
  ),
  layer('depthwise-conv2d', fc.record({ kernel, stride, padding, multiplier: stride })),
  layer('max-pool2d', fc.record({ kernel, stride, padding, ceilMode: fc.boolean() })),
  layer('average-pool2d', fc.record({ kernel, stride, padding, ceilMode: fc.boolean(), countPadding: fc.boolean() })),
  layer('adaptive-average-pool2d', fc.record({ size: kernel })),
  layer('batch-normalization'),
  layer('local-response-normalization', fc.record({ size: fc.integer({ min: 1, max: 5 }), alpha: fc.constant(1) })),
  ...['relu', 'gelu', 'silu', 'elu', 'tanh', 'sigmoid', 'prelu', 'leaky-relu', 'softmax'].map((type) => layer(type)),
  layer('dropout', fc.constant({ rate: 0.3 })),
  layer('upsample', fc.record({ factor: stride, method: fc.constantFrom('nearest', 'bilinear') })),
  layer('zero-pad', fc.record({ padding: stride, channelsAfter: stride })),
  layer('crop', fc.constant({ borders: [1, 0, 0, 1] })),
  layer('channel-shuffle'),
  layer('scale', fc.constant({ factor: -0.7 })),
  ...['add', 'multiply', 'concatenate'].map((type) => layer(type)),
)

const joins = new Set(['add', 'multiply', 'concatenate'])

/** The network of those steps that fit; what nothing takes is pooled and joined before the classifier. */
function networkOf(steps: readonly Step[]): NetworkDocument {
  let document = documentOf([{ id: 'input', type: 'input', params: { height: 5, width: 4, channels: 2 } }], [])
  steps.forEach(({ type, params, sources }, i) => {
    const id = `n${i}`
    const chosen = sources.map((source) => document.nodes[source % document.nodes.length]?.id ?? 'input')
    const edges = (joins.has(type) ? chosen : chosen.slice(0, 1)).map((source) => ({ source, target: id }))
    const extended = documentOf([...document.nodes, { id, type, params }], [...document.edges, ...edges])
    const { issues } = lowerNetwork(extended, { mode: 'training', batch })
    if (issues.every((issue) => issue.node !== id)) document = extended
  })
  const taken = new Set(document.edges.map(({ source }) => source))
  const ends = document.nodes.filter(({ id }) => !taken.has(id)).map(({ id }) => id)
  const tail: readonly NetworkNode[] = [
    ...ends.map((id) => ({ id: `pool-${id}`, type: 'global-average-pool' })),
    ...(ends.length > 1 ? [{ id: 'join', type: 'concatenate' }] : []),
    { id: 'dense', type: 'dense', params: { units: classes } },
    { id: 'classifier', type: 'classifier' },
  ]
  const pools = ends.map((id) => ({ source: id, target: `pool-${id}` }))
  const joined = ends.map((id) => ({ source: `pool-${id}`, target: ends.length > 1 ? 'join' : 'dense' }))
  const last = [
    ...(ends.length > 1 ? [{ source: 'join', target: 'dense' }] : []),
    { source: 'dense', target: 'classifier' },
  ]
  return documentOf([...document.nodes, ...tail], [...document.edges, ...pools, ...joined, ...last])
}

function documentOf(nodes: readonly NetworkNode[], edges: NetworkDocument['edges']): NetworkDocument {
  return { format: 'strata.network', version: 1, name: 'random', nodes, edges }
}

const randomNetwork = fc.array(anyLayer, { minLength: 1, maxLength: 9 }).map(networkOf)

function valuesOf(name: string, role: string, shape: readonly number[]): ReferenceTensor {
  const random = counterRandom({ seed: 8, purpose: name })
  const draw = () => {
    if (role === 'labels') return random.below(classes)
    return role === 'random' ? random.uniform() : random.normal()
  }
  return { shape, data: Float64Array.from({ length: elementCount(shape) }, draw) }
}

describe('random networks', () => {
  it('have the gradients of finite differences', () => {
    fc.assert(
      fc.property(randomNetwork, (document) => {
        const { builder: b, logits, images, weights } = lowerNetwork(document, { mode: 'training', batch })
        if (!logits || !images) throw new Error('not complete')
        const labels = b.input('labels', 'labels', { dtype: 'int32', shape: [batch] })
        const loss = reduceMean(b, softmaxCrossEntropy(b, logits, labels, 0.1))
        b.output('loss', 'result', loss)
        const targets = [{ name: 'images', value: images }, ...weights]
        const gradients = differentiate(
          b,
          loss,
          targets.map(({ value }) => value),
        )
        gradients.forEach((gradient, i) => gradient && b.output(`d ${targets[i]?.name}`, 'result', gradient))
        const program = b.finish()
        verifyProgram(program, 'differentiation')
        const inputs = new Map(
          program.inputs.map(({ name, role, value }) => [name, valuesOf(name, role, value.type.shape)]),
        )
        const results = runProgram(program, inputs)
        const direction = counterRandom({ seed: 9, purpose: 'direction' })
        // Along one random direction through all weights and the images at once.
        let slope = 0
        const moves = targets.map(({ name }, i) => {
          const start = inputs.get(name)
          if (!start || !gradients[i]) throw new Error(`the loss does not depend on ${name}`)
          const move = start.data.map(() => direction.normal())
          results.get(`d ${name}`)?.data.forEach((value, k) => (slope += value * (move[k] ?? 0)))
          return { name, start, move }
        })
        const lossAt = (distance: number) => {
          const moved = moves.map(({ name, start, move }) => {
            const data = start.data.map((value, k) => value + distance * (move[k] ?? 0))
            return [name, { ...start, data }] as const
          })
          return runProgram(program, new Map([...inputs, ...moved])).get('loss')?.data[0] ?? Number.NaN
        }
        const step = 1e-6
        const numeric = (lossAt(step) - lossAt(-step)) / (2 * step)
        expect(Math.abs(slope - numeric), `${slope} against ${numeric}`).toBeLessThan(1e-5 * (1 + Math.abs(numeric)))
        // Passes change nothing.
        const optimized = runProgram(optimizeProgram(program), inputs)
        for (const [name, { data }] of results) expect(optimized.get(name)?.data).toEqual(data)
      }),
      { numRuns: 60, seed: 20_260 },
    )
  })

  it('train on onnxruntime as on the reference', async () => {
    await fc.assert(
      fc.asyncProperty(randomNetwork, async (document) => {
        const compiled = compileTraining(document, { batchSize: batch, optimizer: { type: 'sgd', momentum: 0.5 } })
        const state = initialState(compiled.state, 4)
        const batches = [0, 1].map((step) => ({
          step,
          images: Float32Array.from(valuesOf(`images${step}`, 'images', [batch * 40]).data),
          labels: Int32Array.of(0, 2),
          learningRate: 1e-3,
        }))
        const losses: number[][] = []
        for (const engine of [createOnnxEngine(), createReferenceEngine()]) {
          const session = await engine.createSession(compiled, { state, seed: 5, threads: 1 })
          losses.push((await session.train(batches)).flatMap(({ loss, gradientNorm }) => [loss, gradientNorm]))
          await session.dispose()
        }
        losses[0]?.forEach((value, i) => {
          const expected = losses[1]?.[i] ?? Number.NaN
          expect(Math.abs(value - expected), `${value} against ${expected}`).toBeLessThan(
            1e-3 * (1 + Math.abs(expected)),
          )
        })
      }),
      { numRuns: 25, seed: 20_261 },
    )
  })
})
