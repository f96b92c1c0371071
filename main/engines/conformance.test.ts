/** What every engine must do, whatever runs beneath it. */
import { afterEach, describe, expect, it, test } from 'vitest'
import { leNet5 } from '../../experiments/zoo/lenet5.ts'
import { chain } from '../../experiments/zoo/chain.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { initialState, type TrainingState } from '../compiler/initialise-weights.ts'
import { compileTraining } from '../compiler/training-graph.ts'
import type { Engine, StepResult, TrainingBatch, TrainingSession } from './engine.ts'
import { testedEngines } from './engines.fixture.ts'
import { createReferenceEngine } from './reference/reference-engine.ts'

const batchSize = 4
const input = { height: 12, width: 12, channels: 1 }
/** Every kind of state: weights, running statistics, optimizer state; and random numbers. */
const document = chain('conformance', [
  { id: 'input', type: 'input', params: input },
  { id: 'conv', type: 'conv2d', params: { filters: 4, kernel: 5, padding: 'valid' } },
  { id: 'norm', type: 'batch-normalization' },
  { id: 'relu', type: 'relu' },
  { id: 'pool', type: 'max-pool2d' },
  { id: 'flatten', type: 'flatten' },
  { id: 'dropout', type: 'dropout', params: { rate: 0.3 } },
  { id: 'dense', type: 'dense', params: { units: 3 } },
  { id: 'classifier', type: 'classifier' },
])
const compiled = compileTraining(document, { batchSize, optimizer: { type: 'sgd', momentum: 0.9 } })
const state = initialState(compiled.state, 7)

function batches(count: number, from = 0): TrainingBatch[] {
  return Array.from({ length: count }, (_, i) => {
    const random = counterRandom({ seed: 1, purpose: 'conformance', index: from + i })
    return {
      step: from + i,
      images: Float32Array.from({ length: batchSize * 144 }, () => random.normal()),
      labels: Int32Array.from({ length: batchSize }, () => random.below(3)),
      learningRate: 0.05 / (1 + from + i),
    }
  })
}

const open: TrainingSession[] = []
async function session(
  engine: Engine,
  options: { state?: TrainingState; stepsPerDispatch?: number; device?: string } = {},
): Promise<TrainingSession> {
  const opened = await engine.createSession(compiled, { seed: 9, threads: 2, state, ...options })
  open.push(opened)
  return opened
}
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.dispose()
})

describe.each(testedEngines)('engine $title', ({ engine, lossDigits, absence }) => {
  const it = test.skipIf(absence !== '')

  it('says what it is', async () => {
    const description = await engine.describe()
    expect(description).toMatchObject({ id: engine.id, available: true, reason: '' })
    expect(description.version).toBe(engine.version())
    expect(description.version).not.toBe('')
    expect(description.title).toBe(engine.title)
    const device = description.devices.find(({ available }) => available)?.id
    expect(device).toBe((await session(engine)).device)
    await expect(async () => session(engine, { device: 'no such' })).rejects.toMatchObject({
      code: 'engine-unavailable',
    })
  })

  it('repeats a run to the last digit, another seed gives another run', async () => {
    const first = await (await session(engine)).train(batches(5))
    expect(await (await session(engine)).train(batches(5))).toEqual(first)
    const otherSeed = await engine.createSession(compiled, { seed: 10, threads: 2, state })
    open.push(otherSeed)
    expect((await otherSeed.train(batches(5))).map(lossOf)).not.toEqual(first.map(lossOf))
  })

  it('agrees with the reference', async () => {
    const expected = await (await session(createReferenceEngine())).train(batches(8))
    const results = await (await session(engine)).train(batches(8))
    results.forEach((result, i) => {
      expect(result.loss).toBeCloseTo(expected[i]?.loss ?? Number.NaN, lossDigits)
      expect(result.gradientNorm).toBeCloseTo(expected[i]?.gradientNorm ?? Number.NaN, 3)
      expect(result.correct).toBe(expected[i]?.correct)
    })
  })

  it('goes on from a saved state as if it had never stopped', async () => {
    const whole = await session(engine)
    const uninterrupted = await whole.train(batches(7))
    const first = await session(engine)
    const before = await first.train(batches(3))
    const second = await session(engine, { state: await first.readState() })
    const after = await second.train(batches(4, 3))
    expect([...before, ...after]).toEqual(uninterrupted)
    expect(await second.readState()).toEqual(await whole.readState())
  })

  it('gives the same results however many steps it gets at once', async () => {
    const one = await session(engine, { stepsPerDispatch: 1 })
    const many = await session(engine, { stepsPerDispatch: 4 })
    const single: StepResult[] = []
    for (const batch of batches(6)) single.push(...(await one.train([batch])))
    expect([...(await many.train(batches(4))), ...(await many.train(batches(2, 4)))]).toEqual(single)
    expect(await many.readState()).toEqual(await one.readState())
    expect(await many.train([])).toEqual([])
  })

  it('trains on as before after its transfers were timed, where it has a device of its own', async () => {
    const plain = await (await session(engine)).train(batches(2))
    const timed = await session(engine)
    const [batch] = batches(1)
    const seconds = await timed.timeTransfers?.(batch!)
    expect(seconds === undefined).toBe(timed.timeTransfers === undefined)
    if (seconds !== undefined) expect(seconds).toBeGreaterThan(0)
    expect(await timed.train(batches(2))).toEqual(plain)
  })

  it('continues what another engine began', async () => {
    const reference = await session(createReferenceEngine())
    await reference.train(batches(3))
    const continued = await session(engine, { state: await reference.readState() })
    const [next] = await continued.train(batches(1, 3))
    const [expected] = await reference.train(batches(1, 3))
    expect(next?.loss).toBeCloseTo(expected?.loss ?? Number.NaN, lossDigits)
  })

  it('evaluates with running statistics and without dropout, and leaves the state as it is', async () => {
    const evaluated = await session(engine)
    await evaluated.train(batches(3))
    const before = await evaluated.readState()
    const [batch] = batches(1)
    if (!batch) throw new Error('no batch')
    const whole = await evaluated.evaluate({ ...batch, count: batchSize })
    const part = await evaluated.evaluate({ ...batch, count: 3 })
    expect(part.losses).toEqual(whole.losses.subarray(0, 3))
    expect(part.logits).toHaveLength(9)
    expect(await evaluated.readState()).toEqual(before)
    whole.correct.forEach((correct, i) => {
      const scores = [...whole.logits.subarray(i * 3, i * 3 + 3)]
      expect(correct).toBe(scores.indexOf(Math.max(...scores)) === batch.labels[i] ? 1 : 0)
    })
  })

  it('replaces its state, and refuses one of another network', async () => {
    const replaced = await session(engine)
    await replaced.train(batches(2))
    await replaced.writeState(state)
    expect(await replaced.readState()).toEqual(state)
    const without = new Map([...state].slice(1))
    await expect(async () => replaced.writeState(without)).rejects.toMatchObject({ code: 'missing-value' })
    const extra = new Map([...state, ['other.kernel', new Float32Array(1)]])
    await expect(async () => replaced.writeState(extra)).rejects.toMatchObject({ code: 'unknown-key' })
    const short = new Map([...state, ['dense.bias', new Float32Array(2)]])
    await expect(async () => replaced.writeState(short)).rejects.toMatchObject({ code: 'shape-mismatch' })
    expect(await replaced.readState()).toEqual(state)
  })

  it('refuses a batch of the wrong size', async () => {
    const [batch] = batches(1)
    if (!batch) throw new Error('no batch')
    const trained = await session(engine)
    const short = { ...batch, images: batch.images.subarray(1) }
    await expect(async () => trained.train([short])).rejects.toMatchObject({ code: 'shape-mismatch' })
  })
})

function lossOf(result: StepResult): number {
  return result.loss
}

describe('the loss', () => {
  it.each([
    ['average-pool2d', 'tanh'],
    ['max-pool2d', 'relu'],
    ['average-pool2d', 'sigmoid'],
  ] as const)('of LeNet-5 with %s and %s is the same on all engines', async (pooling, activation) => {
    const size = { height: 28, width: 28, channels: 1 }
    const network = leNet5({ input: size, classes: 10, pooling, activation })
    const training = compileTraining(network, { batchSize: 2, optimizer: { type: 'sgd', momentum: 0.9 } })
    const random = counterRandom({ seed: 6, purpose: 'lenet' })
    const batch = {
      step: 0,
      images: Float32Array.from({ length: 2 * 784 }, () => random.normal()),
      labels: Int32Array.of(3, 8),
      learningRate: 0.01,
    }
    const losses = new Map<string, readonly number[]>()
    for (const { engine } of testedEngines.filter(({ absence }) => absence === '')) {
      const state = initialState(training.state, 2)
      const opened = await engine.createSession(training, { seed: 1, threads: 2, state })
      open.push(opened)
      losses.set(engine.id, (await opened.train([batch, batch, batch])).map(lossOf))
    }
    const expected = losses.get('reference') ?? []
    expect(expected).toHaveLength(3)
    for (const [engine, values] of losses)
      values.forEach((loss, i) => expect(loss, engine).toBeCloseTo(expected[i] ?? Number.NaN, 4))
  })
})
