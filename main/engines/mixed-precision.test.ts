/** Mixed precision: what the engines make of it, and the loss scale that keeps small gradients from rounding to 0. */
import { afterEach, describe, expect, it, test } from 'vitest'
import { halfValues } from '../../experiments/ops/half-values.ts'
import { onnxFloat16, type OnnxTarget } from '../../experiments/ops/onnx-lowering.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { chain } from '../../experiments/zoo/chain.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { initialState, type TrainingState } from '../compiler/initialise-weights.ts'
import { lossScaleName } from '../compiler/loss-scaling.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import type { Engine, TrainingBatch, TrainingSession } from './engine.ts'
import { testedEngines, webgpu } from './engines.fixture.ts'
import { mixedLowerer } from './onnx/mixed-lowerer.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { OnnxSession } from './onnx/onnx-session.ts'
import { packedGraph } from './onnx/step-graph.ts'
import { float16Absence } from './onnx/device-float16.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'

const batchSize = 4
const document = chain('mixed', [
  { id: 'input', type: 'input', params: { height: 12, width: 12, channels: 1 } },
  { id: 'conv', type: 'conv2d', params: { filters: 4, kernel: 5, padding: 'valid' } },
  { id: 'norm', type: 'batch-normalization' },
  { id: 'relu', type: 'relu' },
  { id: 'pool', type: 'max-pool2d' },
  { id: 'flatten', type: 'flatten' },
  { id: 'dropout', type: 'dropout', params: { rate: 0.3 } },
  { id: 'dense', type: 'dense', params: { units: 3 } },
  { id: 'classifier', type: 'classifier' },
])
const optimizer = { type: 'sgd', momentum: 0.9 } as const
const compiled = compileTraining(document, { batchSize, optimizer, precision: 'mixed_float16' })
const inParts = compileTraining(document, { batchSize, microBatch: 2, optimizer, precision: 'mixed_float16' })
const first = initialState(compiled.state, 7)
const kernel = 'conv.kernel'

function batches(count: number, from = 0): TrainingBatch[] {
  return Array.from({ length: count }, (_, i) => {
    const random = counterRandom({ seed: 1, purpose: 'mixed precision', index: from + i })
    return {
      step: from + i,
      images: Float32Array.from({ length: batchSize * 144 }, () => random.normal()),
      labels: Int32Array.from({ length: batchSize }, () => random.below(3)),
      learningRate: 0.05 / (1 + from + i),
    }
  })
}

const open: TrainingSession[] = []
async function session(engine: Engine, state: TrainingState = first, program = compiled): Promise<TrainingSession> {
  const opened = await engine.createSession(program, { seed: 9, threads: 2, state })
  open.push(opened)
  return opened
}
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.dispose()
})

/** The first state with numbers of its own. */
function stateWith(values: Readonly<Record<string, number>>): TrainingState {
  return new Map([...first, ...Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)] as const)])
}

const withoutFloat16 = webgpu.absence || (await float16Absence({ provider: 'webgpu' }))
const offering = testedEngines.filter(
  ({ engine }) => !engine.id.startsWith('tensorflow') && !(engine === webgpu.engine && withoutFloat16 !== ''),
)

describe.each(offering)('mixed precision on $title', ({ title, engine, absence }) => {
  const it = test.skipIf(absence !== '')
  // A card's graph runs on the processor here, where onnxruntime leaves out casts that follow each other, and the rounding with them.
  const rounds = !title.startsWith('graphs of ')

  test.skipIf(absence !== '' || !rounds)(
    'agrees with the reference, which rounds where the program says float16',
    async () => {
      const expected = await (await session(createReferenceEngine())).train(batches(8))
      const results = await (await session(engine)).train(batches(8))
      results.forEach(({ loss }, i) => {
        const reference = expected[i]?.loss ?? Number.NaN
        expect(Math.abs(loss - reference), `step ${i}: ${loss}, ${reference}`).toBeLessThan(0.004 * (1 + reference))
      })
    },
  )

  it('goes on exactly from a saved state, with the loss scale', async () => {
    const whole = await session(engine)
    const uninterrupted = await whole.train(batches(7))
    const before = await session(engine)
    await before.train(batches(3))
    const after = await session(engine, await before.readState())
    expect(await after.train(batches(4, 3))).toEqual(uninterrupted.slice(3))
    expect(await after.readState()).toEqual(await whole.readState())
  })
})

describe('what rounds', () => {
  it('is not the same as float32, on the processor too', async () => {
    const exact = compileTraining(document, { batchSize, optimizer })
    const plain = await (await session(createOnnxEngine(), initialState(exact.state, 7), exact)).train(batches(2))
    const mixed = await (await session(createOnnxEngine())).train(batches(2))
    expect(mixed[0]?.loss).not.toBe(plain[0]?.loss)
    expect(mixed[0]?.loss).toBeCloseTo(plain[0]?.loss ?? Number.NaN, 2)
  })

  it('leaves losses, sums over many elements and the update in float32', () => {
    const { training } = compiled
    const half = halfValues(training)
    const made = new Map(training.nodes.flatMap((node) => node.outputs.map(({ id }) => [id, node.op] as const)))
    const ops = new Set([...half].map((id) => made.get(id)))
    expect(ops).toContain('conv2d')
    expect(ops).toContain('matmul')
    for (const op of ['softmaxCrossEntropy', 'reduceSum', 'conv2dFilterGradient', 'batchNormalization', 'divide'])
      expect(ops).not.toContain(op)
    expect(training.outputs.filter(({ role }) => role !== 'result').some(({ value }) => half.has(value.id))).toBe(false)
  })
})

describe('the loss scale', () => {
  const engine = createOnnxEngine()

  it('leaves a step out that is not finite, and halves', async () => {
    const trained = await session(engine, stateWith({ [lossScaleName]: 2 ** 24 }))
    const [result] = await trained.train(batches(1))
    expect(result?.loss).toBeGreaterThan(0)
    expect(result?.gradientNorm).not.toBeLessThan(Infinity)
    const next = await trained.readState()
    expect(next.get(lossScaleName)?.[0]).toBe(2 ** 23)
    expect(next.get(kernel)).toEqual(first.get(kernel))
    expect(next.get(`${kernel}/velocity`)).toEqual(first.get(`${kernel}/velocity`))
  })

  it('doubles after enough good steps', async () => {
    const trained = await session(engine, stateWith({ [lossScaleName]: 1024, 'lossScale/goodSteps': 1998 }))
    await trained.train(batches(1))
    const before = await trained.readState()
    expect([before.get(lossScaleName)?.[0], before.get('lossScale/goodSteps')?.[0]]).toEqual([1024, 1999])
    await trained.train(batches(1, 1))
    const after = await trained.readState()
    expect([after.get(lossScaleName)?.[0], after.get('lossScale/goodSteps')?.[0]]).toEqual([2048, 0])
    expect(after.get(kernel)).not.toEqual(first.get(kernel))
  })

  it('lets a run that diverges show it: at the least scale nothing is left out', async () => {
    const trained = await session(engine, stateWith({ [lossScaleName]: 1 }))
    const [batch] = batches(1)
    await trained.train([{ ...batch!, images: batch!.images.fill(Number.NaN) }])
    const next = await trained.readState()
    expect(next.get(lossScaleName)?.[0]).toBe(1)
    expect(next.get(kernel)?.some(Number.isNaN)).toBe(true)
  })

  it('is the same for a batch in parts', async () => {
    expect(inParts.state).toEqual(compiled.state)
    const trained = await session(engine, stateWith({ [lossScaleName]: 2 ** 24 }), inParts)
    await trained.train(batches(1))
    const skipped = await trained.readState()
    expect(skipped.get(lossScaleName)?.[0]).toBe(2 ** 23)
    expect(skipped.get(kernel)).toEqual(first.get(kernel))
    const good = await session(engine, stateWith({ [lossScaleName]: 256 }), inParts)
    const [result] = await good.train(batches(1))
    const whole = await (
      await session(createReferenceEngine(), stateWith({ [lossScaleName]: 256 }), inParts)
    ).train(batches(1))
    expect(result?.gradientNorm).toBeCloseTo(whole[0]?.gradientNorm ?? Number.NaN, 1)
    expect((await good.readState()).get(kernel)).not.toEqual(first.get(kernel))
  })
})

describe('devices', () => {
  /** What a graphics card with float16 would get: the runtime checks all types when it loads a graph. */
  it.each(['lenet5', 'alexnet', 'resnet20', 'googlenet', 'resnext50-32x4d'])(
    'gives %s in float16 with matching types',
    async (id) => {
      const input = { height: 32, width: 32, channels: 3 }
      const network = zooNetwork(id, { input, classes: 4, width: 0.25 })
      const { training } = compileTraining(network, { batchSize: 2, optimizer, precision: 'mixed_float16' })
      const target: OnnxTarget = { provider: 'webgpu', opset: 17, contribOps: false }
      const { graph } = packedGraph(training, target, mixedLowerer)
      expect(graph.inputs.every(({ type }) => type === 'float32' || type === 'int32')).toBe(true)
      const casts = graph.nodes.filter(
        ({ operator, attributes }) => operator === 'Cast' && attributes['to'] === onnxFloat16,
      )
      expect(casts.length).toBeGreaterThan(2)
      const loaded = await OnnxSession.open(graph, { provider: 'cpu', threads: 1, opset: 17 })
      await loaded.close()
    },
  )

  it.skipIf(webgpu.absence !== '' || withoutFloat16 === '')('without float16 say so before they train', async () => {
    await expect(session(webgpu.engine)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/does not compute in float16.*train with float32, or on another device/) as string,
    })
  })

  it('TensorFlow.js has no float16 and says so', async () => {
    const javascript = testedEngines.find(({ engine }) => engine.id === 'tensorflow-js')
    await expect(session(javascript!.engine)).rejects.toMatchObject({ code: 'unsupported-operation' })
  })
})
