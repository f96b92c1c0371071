import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { systemFiles } from '../files/file-operations.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { trainRun } from './train-run.ts'
import type { FromTrainer, TrainerJob } from './trainer-protocol.ts'

vi.setConfig({ testTimeout: 120_000 })

let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-trainer-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

const input = { height: 32, width: 32, channels: 3 }
const zoo = zooNetwork('lenet5', { input, classes: 10 })
const document: Record<string, unknown> = { ...zoo }
let runs = 0

/** 1100 examples, 110 of them held out: 30 steps an epoch, in two dispatches, and 30 examples left over. */
function newJob(changes: { seed?: number; learningRate?: number; epochs?: number; data?: object } = {}): TrainerJob {
  const { seed = 3, learningRate = 0.02, epochs = 2 } = changes
  const spec = parseExperimentSpec({
    version: 1,
    name: 'test',
    network: { zoo: 'lenet5' },
    data: { dataset: 'shapes', limit: 1100, validation: 0.1, ...changes.data },
    train: { epochs, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate },
    seed,
  })
  const run = ++runs
  return {
    run,
    home,
    spec,
    document,
    experiment: 'hash of the experiment',
    engine: 'onnxruntime',
    threads: 2,
    studio: { version: 'test', commit: null },
    checkpointFolder: path.join(home, 'checkpoints', `run-${run}`),
    checkpoints: [],
    pauseAfterEpoch: null,
  }
}

interface Outcome {
  readonly messages: FromTrainer[]
  readonly last: FromTrainer
}

/** Trains until the end, or until it was asked `stopAtLook` times whether it should stop. */
async function train(job: TrainerJob, stopAtLook = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const messages: FromTrainer[] = []
  let looks = 0
  const last = await trainRun(job, {
    files: systemFiles,
    send: (message) => messages.push(message),
    get shouldStop() {
      return ++looks > stopAtLook
    },
  })
  return { messages, last }
}

type Message<Type extends FromTrainer['type']> = Extract<FromTrainer, { type: Type }>

function ofType<Type extends FromTrainer['type']>(messages: readonly FromTrainer[], type: Type): Message<Type>[] {
  return messages.filter((message): message is Message<Type> => message.type === type)
}

/** Everything a curve shows, without times: `split name step value` with all digits. */
function curve(messages: readonly FromTrainer[]): string[] {
  const points = ofType(messages, 'metrics')
    .flatMap((message) => message.points)
    .filter(({ name }) => name !== 'dataWait')
  return points.map(({ split, name, step, value }) => `${split} ${name} ${step} ${value}`).toSorted()
}

/** What epochs report, without times. */
function epochs(messages: readonly FromTrainer[]): unknown[] {
  return ofType(messages, 'epoch').map(({ best, result: { epoch, step, train, validation } }) => ({
    ...{ epoch, step, train, validation, best },
  }))
}

function continued(job: TrainerJob, before: Outcome): TrainerJob {
  const checkpoints = ofType(before.messages, 'checkpoint').map(({ file, sha256 }) => ({ file, sha256 }))
  return { ...job, checkpoints: checkpoints.toReversed() }
}

describe('trainRun', () => {
  it('reports every step, epoch and checkpoint, and ends with test result and hash of the weights', async () => {
    const { messages, last } = await train(newJob())
    expect(messages[0]).toMatchObject({ type: 'started', steps: 60, position: { step: 0 }, continuedFrom: null })
    const steps = curve(messages).filter((line) => line.startsWith('train loss '))
    expect(steps).toHaveLength(60)
    expect(epochs(messages)).toMatchObject([
      { epoch: 1, step: 30 },
      { epoch: 2, step: 60 },
    ])
    expect(ofType(messages, 'checkpoint').map(({ step }) => step)).toEqual([30, 60])
    expect(last).toMatchObject({ type: 'finished', weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    const losses = epochs(messages).map((epoch) => (epoch as { train: { loss: number } }).train.loss)
    expect(losses[1]).toBeLessThan(losses[0]!)
  })

  it('gives the same losses to the last digit for the same seed, and others for another', async () => {
    const first = await train(newJob())
    const second = await train(newJob())
    const other = await train(newJob({ seed: 4 }))
    expect(curve(second.messages)).toEqual(curve(first.messages))
    expect(epochs(second.messages)).toEqual(epochs(first.messages))
    expect(second.last).toEqual(first.last)
    expect(curve(other.messages)).not.toEqual(curve(first.messages))
    expect(other.last).not.toEqual(first.last)
  })

  it('goes on after a stop at any dispatch exactly as if it had never stopped', async () => {
    const whole = await train(newJob())
    // Looks come before each dispatch and after each epoch: before anything, between two dispatches, before validation, in the last epoch.
    for (const [stopAtLook, step] of [
      [0, 0],
      [1, 16],
      [2, 30],
      [4, 46],
    ] as const) {
      const job = newJob()
      const first = await train(job, stopAtLook)
      expect(first.last.type, `stop at look ${stopAtLook}`).toBe('stopped')
      const rest = await train(continued(job, first))
      expect(rest.messages[0]).toMatchObject({
        position: { step },
        continuedFrom: ofType(first.messages, 'checkpoint').at(-1)!.file,
      })
      const messages = [...first.messages, ...rest.messages]
      expect(curve(messages)).toEqual(curve(whole.messages))
      expect(epochs(messages)).toEqual(epochs(whole.messages))
      expect(rest.last).toEqual(whole.last)
    }
  })

  it('goes on exactly with augmented and mixed images', async () => {
    const augment = [
      ...[{ type: 'random-crop', padding: 3 }, { type: 'mirror' }, { type: 'rotation' }, { type: 'elastic' }],
      ...[{ type: 'lighting' }, { type: 'noise' }, { type: 'cut-out' }, { type: 'mixup' }, { type: 'cut-mix' }],
    ]
    const augmented = () => newJob({ data: { augment, inputSize: 28 } })
    const job = (): TrainerJob => {
      const made = augmented()
      return {
        ...made,
        document: { ...zooNetwork('lenet5', { input: { ...input, height: 28, width: 28 }, classes: 10 }) },
      }
    }
    const whole = await train(job())
    const plain = await train(newJob())
    expect(curve(whole.messages)).not.toEqual(curve(plain.messages))
    const stopped = job()
    const first = await train(stopped, 1)
    const rest = await train(continued(stopped, first))
    const messages = [...first.messages, ...rest.messages]
    expect(curve(messages)).toEqual(curve(whole.messages))
    expect(rest.last).toEqual(whole.last)
    const waits = ofType(messages, 'metrics').flatMap(({ points }) => points.filter(({ name }) => name === 'dataWait'))
    expect(waits.length).toBeGreaterThan(3)
    for (const { value } of waits) expect(value >= 0 && value <= 1, `waited ${value} of a step`).toBe(true)
  })

  it('gives the same losses and weights with one thread for data and with two', async () => {
    const augment = [
      { type: 'random-crop' },
      { type: 'mirror' },
      { type: 'hue' },
      { type: 'noise' },
      { type: 'cut-mix' },
    ]
    const one = await train(newJob({ data: { augment, threads: 1 } }))
    const two = await train(newJob({ data: { augment, threads: 2 } }))
    expect(curve(two.messages)).toEqual(curve(one.messages))
    expect(two.last).toEqual(one.last)
    expect(two.last).toMatchObject({ type: 'finished', test: { accuracy: expect.any(Number) as number } })
  })

  it('goes on exactly with dropout, batch normalisation, Adam and a schedule that has learnt from results', async () => {
    const ids = ['input', 'conv', 'norm', 'relu', 'drop', 'pool', 'dense', 'classifier']
    const nodes = [
      { id: 'input', type: 'input', params: input },
      { id: 'conv', type: 'conv2d', params: { filters: 6, stride: 2, bias: false } },
      { id: 'norm', type: 'batch-normalization' },
      { id: 'relu', type: 'relu' },
      { id: 'drop', type: 'dropout', params: { rate: 0.2 } },
      { id: 'pool', type: 'global-average-pool' },
      { id: 'dense', type: 'dense', params: { units: 10 } },
      { id: 'classifier', type: 'classifier' },
    ]
    const edges = ids.slice(1).map((target, index) => ({ source: ids[index], target }))
    const withState = { format: 'strata.network', version: 1, name: 'with state', nodes, edges }
    const stateful = (): TrainerJob => {
      const job = newJob({ epochs: 3, learningRate: 0.01 })
      // No epoch is better by 90 %: the rate drops after the second and the third one.
      const schedule = {
        type: 'reduce-on-plateau',
        factor: 0.5,
        patience: 0,
        threshold: 0.9,
        warmUp: { epochs: 0.5 },
      }
      const changed = { optimizer: { type: 'adam' }, weightDecay: 1e-3, gradientClip: { norm: 1 }, schedule }
      const spec = parseExperimentSpec({ ...job.spec, train: { ...job.spec.train, ...changed } })
      return { ...job, spec, document: withState }
    }
    const whole = await train(stateful())
    const rates = curve(whole.messages).filter((line) => line.startsWith('train learningRate '))
    const rateAt = (step: number) => Number(rates.find((line) => line.split(' ')[2] === String(step))?.split(' ')[3])
    expect([15, 60, 61, 90].map(rateAt)).toEqual([0.01 * (15 / 16), 0.01, 0.005, 0.005])
    for (const stopAtLook of [1, 3, 5, 7, 8]) {
      const job = stateful()
      const first = await train(job, stopAtLook)
      expect(first.last.type, `stop at look ${stopAtLook}`).toBe('stopped')
      const rest = await train(continued(job, first))
      const messages = [...first.messages, ...rest.messages]
      expect(curve(messages)).toEqual(curve(whole.messages))
      expect(epochs(messages)).toEqual(epochs(whole.messages))
      expect(rest.last).toEqual(whole.last)
    }
  })

  it('goes on from the checkpoint before when the newest is damaged, and says so', async () => {
    const whole = await train(newJob())
    const job = newJob()
    const first = await train(job)
    const newest = ofType(first.messages, 'checkpoint').at(-1)!
    fs.truncateSync(path.join(job.checkpointFolder, newest.file), 1000)
    const rest = await train(continued(job, first))
    expect(rest.messages[0]).toMatchObject({
      position: { epoch: 1, step: 30 },
      rejected: [{ file: newest.file, error: { code: 'file-damaged' } }],
    })
    expect(curve(rest.messages)).toEqual(curve(whole.messages).filter((line) => Number(line.split(' ')[2]) > 30))
    expect(rest.last).toEqual(whole.last)
  })

  it('fails with the step where the loss stops being a number, and keeps the checkpoints before', async () => {
    // Without an activation nothing keeps the weights from growing without bound.
    const ids = ['input', 'flatten', 'dense1', 'dense2', 'classifier']
    const nodes = [
      { id: 'input', type: 'input', params: input },
      { id: 'flatten', type: 'flatten' },
      { id: 'dense1', type: 'dense', params: { units: 20 } },
      { id: 'dense2', type: 'dense', params: { units: 10 } },
      { id: 'classifier', type: 'classifier' },
    ]
    const edges = ids.slice(1).map((target, index) => ({ source: ids[index], target }))
    const linear = { format: 'strata.network', version: 1, name: 'linear', nodes, edges }
    const job = { ...newJob({ learningRate: 0.4, epochs: 40 }), document: linear }
    const messages: FromTrainer[] = []
    const run = trainRun(job, { files: systemFiles, shouldStop: false, send: (message) => messages.push(message) })
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const lastFinite = curve(messages).filter((line) => line.startsWith('train loss ')).length
    expect(error).toMatchObject({ code: 'loss-not-finite' })
    // The next training step shows it, or held-out images before, when the weights broke in the last step of an epoch.
    const { step: failed } = (error as { details: { step: number } }).details
    expect([lastFinite, lastFinite + 1]).toContain(failed)
    for (const { file, step } of ofType(messages, 'checkpoint')) {
      expect(step).toBeLessThanOrEqual(lastFinite)
      expect(fs.existsSync(path.join(job.checkpointFolder, file))).toBe(true)
    }
  })

  it('names what does not fit before anything is trained', async () => {
    const job = newJob()
    const tooLarge = { ...job.spec, train: { ...job.spec.train, batchSize: 991 } }
    await expect(train({ ...job, spec: tooLarge })).rejects.toMatchObject({
      code: 'out-of-range',
      details: { path: 'train.batchSize' },
    })
    const gray = { ...zooNetwork('lenet5', { input: { ...input, channels: 1 }, classes: 10 }) }
    await expect(train({ ...job, document: gray })).rejects.toMatchObject({ code: 'shape-mismatch' })
  })
})
