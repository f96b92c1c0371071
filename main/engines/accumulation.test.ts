/** A batch in parts gives what the whole batch gives, on every engine: losses, norms, and the state that a checkpoint holds. */
import { afterEach, describe, expect, it } from 'vitest'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { chain } from '../../experiments/zoo/chain.ts'
import { initialState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import type { Engine, TrainingBatch, TrainingSession } from './engine.ts'
import { createOnnxEngine } from './onnx/onnx-engine.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'

const batchSize = 8
const document = chain('accumulation', [
  { id: 'input', type: 'input', params: { height: 12, width: 12, channels: 1 } },
  { id: 'conv', type: 'conv2d', params: { filters: 9, kernel: 5, padding: 'valid' } },
  { id: 'relu', type: 'relu' },
  { id: 'wide', type: 'conv2d', params: { filters: 16, kernel: 3 } },
  { id: 'pool', type: 'max-pool2d' },
  { id: 'flatten', type: 'flatten' },
  { id: 'dropout', type: 'dropout', params: { rate: 0.3 } },
  { id: 'dense', type: 'dense', params: { units: 3 } },
  { id: 'classifier', type: 'classifier' },
])
const rules = {
  batchSize,
  optimizer: { type: 'adam' },
  weightDecay: 0.01,
  gradientClip: { norm: 1 },
  labelSmoothing: 0.1,
} as const
const whole = compileTraining(document, rules)
const state = initialState(whole.state, 7)

const batches = Array.from({ length: 5 }, (_, step): TrainingBatch => {
  const random = counterRandom({ seed: 1, purpose: 'accumulation', index: step })
  return {
    step,
    images: Float32Array.from({ length: batchSize * 144 }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, () => random.below(3)),
    learningRate: 0.01,
  }
})

const open: TrainingSession[] = []
async function session(engine: Engine, microBatch: number, stepsPerDispatch?: number): Promise<TrainingSession> {
  const compiled = compileTraining(document, { ...rules, microBatch })
  expect(compiled.state).toEqual(whole.state)
  const dispatch = stepsPerDispatch === undefined ? {} : { stepsPerDispatch }
  const opened = await engine.createSession(compiled, { seed: 9, threads: 2, state, ...dispatch })
  open.push(opened)
  return opened
}
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.dispose()
})

const engines = [createOnnxEngine(), createOnnxEngine('plain'), createReferenceEngine()]

describe.each(engines.map((engine, i) => ({ title: `${engine.id} ${i}`, engine })))('$title', ({ engine }) => {
  it.each([4, 2, 1])('trains in parts of %i as with the whole batch', async (microBatch) => {
    const one = await session(engine, batchSize)
    const expected = await one.train(batches)
    const split = await session(engine, microBatch)
    const results = await split.train(batches)
    results.forEach((result, i) => {
      expect(result.loss).toBeCloseTo(expected[i]?.loss ?? Number.NaN, 5)
      expect(result.gradientNorm).toBeCloseTo(expected[i]?.gradientNorm ?? Number.NaN, 4)
      expect(result.correct).toBe(expected[i]?.correct)
    })
    const [batch] = batches
    if (!batch) throw new Error('no batch')
    const evaluated = await split.evaluate({ ...batch, count: 7 })
    const wanted = await one.evaluate({ ...batch, count: 7 })
    expect(evaluated.losses).toHaveLength(7)
    evaluated.losses.forEach((loss, i) => expect(loss).toBeCloseTo(wanted.losses[i] ?? Number.NaN, 3))
  })

  it('repeats to the last digit, in a loop or not, and across a checkpoint', async () => {
    const uninterrupted = await (await session(engine, 2, 1)).train(batches)
    const first = await session(engine, 2, 4)
    const before = await first.train(batches.slice(0, 2))
    const second = await session(engine, 2)
    await second.writeState(await first.readState())
    expect([...before, ...(await second.train(batches.slice(2)))]).toEqual(uninterrupted)
  })
})

it('goes on in parts where a whole batch was too much', async () => {
  const engine = createOnnxEngine()
  const expected = await (await session(engine, batchSize)).train(batches)
  const first = await session(engine, batchSize)
  await first.train(batches.slice(0, 2))
  const second = await session(engine, 4)
  await second.writeState(await first.readState())
  const results = await second.train(batches.slice(2))
  results.forEach((result, i) => expect(result.loss).toBeCloseTo(expected[i + 2]?.loss ?? Number.NaN, 5))
})

it('refuses parts that do not make a whole', () => {
  expect(() => compileTraining(document, { ...rules, microBatch: 3 })).toThrow(
    expect.objectContaining({ code: 'out-of-range' }),
  )
})
