/** Options and live changes of a run, with the real engine: what they do, and that a resumed run does the same. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addRateChange } from '../../experiments/schedules/learning-rate.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { systemFiles } from '../files/file-operations.ts'
import { trainRun, type TrainerHost } from './train-run.ts'
import type { FromTrainer, TrainerJob } from './trainer-protocol.ts'

vi.setConfig({ testTimeout: 120_000 })

let home: string
let runs = 0
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-options-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

const document = { ...zooNetwork('lenet5', { input: { height: 32, width: 32, channels: 3 }, classes: 10 }) }

/** 330 examples, 33 of them held out: 9 steps an epoch, in one dispatch unless `limit` says otherwise. */
function newJob(train: object = {}, rest: object = {}, limit = 330): TrainerJob {
  const spec = parseExperimentSpec({
    ...{ version: 1, name: 'options', network: { zoo: 'lenet5' }, seed: 3, ...rest },
    data: { dataset: 'shapes', limit, validation: 0.1 },
    train: { epochs: 3, batchSize: 33, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.02, ...train },
  })
  const run = ++runs
  return {
    ...{ run, home, spec, document, experiment: 'hash of the experiment', engine: 'onnxruntime', threads: 2 },
    ...{ studio: { version: 'test', commit: null }, checkpoints: [], pauseAfterEpoch: null },
    checkpointFolder: path.join(home, 'checkpoints', `run-${run}`),
  }
}

async function train(
  job: TrainerJob,
  atLook: (look: number, host: TrainerHost) => boolean = () => false,
  now = () => performance.now(),
) {
  const messages: FromTrainer[] = []
  let looks = 0
  const host: TrainerHost = {
    files: systemFiles,
    now,
    send: (message) => messages.push(message),
    get shouldStop() {
      return atLook(++looks, this)
    },
  }
  const last = await trainRun(job, host)
  return { messages, last }
}

function told<Type extends FromTrainer['type']>(messages: readonly FromTrainer[], type: Type) {
  return messages.filter((message): message is Extract<FromTrainer, { type: Type }> => message.type === type)
}

function curve(messages: readonly FromTrainer[], name: string): string[] {
  return told(messages, 'metrics')
    .flatMap(({ points }) => points)
    .filter((point) => point.name === name)
    .map(({ split, step, value }) => `${split} ${step} ${value}`)
}

describe('a learning rate that is changed while the run trains', () => {
  // 29 steps an epoch in two dispatches.
  const changing = (job: TrainerJob, stopAtLook = Infinity) =>
    train(job, (look, host) => {
      if (look === 3) host.rateRequest = 0.004
      return look >= stopAtLook
    })

  it('holds from the step that is told, and again after a kill and a resume', async () => {
    const job = newJob({ epochs: 2 }, {}, 1063)
    const whole = await changing(job)
    const [change] = told(whole.messages, 'rateChanged')
    expect(change).toMatchObject({ learningRate: 0.004, epoch: 2, step: 29 })
    const rateAt = (step: number) =>
      curve(whole.messages, 'learningRate').find((line) => line.split(' ')[1] === `${step}`)
    expect([rateAt(29), rateAt(30)]).toEqual(['train 29 0.02', 'train 30 0.004'])

    // Killed at any moment, before or behind the change, and started again with what the service had recorded.
    for (const stopAtLook of [2, 4, 5]) {
      const killed = newJob({ epochs: 2 }, {}, 1063)
      const first = await changing(killed, stopAtLook)
      const checkpoints = told(first.messages, 'checkpoint').map(({ file, sha256 }) => ({ file, sha256 }))
      for (const kept of [checkpoints.toReversed(), []]) {
        const rateChanges = [{ step: 29, learningRate: 0.004 }]
        const rest = await train({ ...killed, checkpoints: kept, rateChanges })
        const from = told(rest.messages, 'started')[0]!.position.step
        const behind = (lines: string[]) => lines.filter((line) => Number(line.split(' ')[1]) > from)
        expect(curve(rest.messages, 'loss'), `stopped at ${stopAtLook}, from ${from}`).toEqual(
          behind(curve(whole.messages, 'loss')),
        )
        expect(rest.last).toEqual(whole.last)
      }
    }
  })

  it('takes the place of those that were to come', () => {
    const first = addRateChange([], { step: 5, learningRate: 1 })
    const both = addRateChange(first, { step: 9, learningRate: 2 })
    expect(addRateChange(both, { step: 7, learningRate: 3 })).toEqual([...first, { step: 7, learningRate: 3 }])
  })
})

describe('a run that ends early', () => {
  it('stops when it has not got better for as long as it may', async () => {
    // Nothing is ever better by a thousand.
    const job = newJob({ epochs: 50, earlyStopping: { patience: 2, minDelta: 1000 } })
    const { messages, last } = await train(job)
    expect(told(messages, 'epoch')).toHaveLength(3)
    expect(last).toMatchObject({ type: 'finished', endedEarly: 'early-stopping' })

    const killed = newJob({ epochs: 50, earlyStopping: { patience: 2, minDelta: 1000 } })
    const first = await train(killed, (look) => look >= 3)
    const checkpoints = told(first.messages, 'checkpoint').map(({ file, sha256 }) => ({ file, sha256 }))
    const rest = await train({ ...killed, checkpoints: checkpoints.toReversed() })
    expect(rest.last).toEqual(last)
  })

  it('finishes after the epoch that was named, also when it is told in the middle of it', async () => {
    const job = newJob({ epochs: 50 })
    const { messages, last } = await train(job, (look, host) => {
      if (look === 3) host.stopAfterEpoch = 2
      return false
    })
    expect(told(messages, 'epoch')).toHaveLength(2)
    expect(last).toMatchObject({ type: 'finished', endedEarly: 'user' })
    expect((await train({ ...newJob({ epochs: 50 }), stopAfterEpoch: 2 })).last).toEqual(last)
  })

  it('trains all its epochs while it gets better', async () => {
    const { last } = await train(newJob({ earlyStopping: { metric: 'loss', patience: 3 } }))
    expect(last).toMatchObject({ type: 'finished', endedEarly: null })
  })
})

describe('checkpoints within an epoch', () => {
  it('are written by steps, and change nothing', async () => {
    const plain = await train(newJob({ epochs: 1 }, {}, 1760))
    const bySteps = await train(newJob({ epochs: 1 }, { checkpoints: { everySteps: 10 } }, 1760))
    expect(told(plain.messages, 'checkpoint').map(({ step }) => step)).toEqual([48])
    const steps = told(bySteps.messages, 'checkpoint').map(({ step }) => step)
    expect(steps.length).toBeGreaterThan(2)
    for (const [index, step] of steps.slice(0, -1).entries()) expect(step - (steps[index - 1] ?? 0)).toBeGreaterThan(9)
    expect(curve(bySteps.messages, 'loss')).toEqual(curve(plain.messages, 'loss'))
    expect(bySteps.last).toEqual(plain.last)
  })

  it('are written when so many minutes have passed since the last one', async () => {
    const minutesAtLook = async (everyMinutes: number, minutesPerLook: number) => {
      let minutes = 0
      const job = newJob({ epochs: 2 }, { checkpoints: { everyMinutes } }, 1760)
      const look = () => {
        minutes += minutesPerLook
        return false
      }
      const { messages, last } = await train(job, look, () => minutes * 60_000)
      return { steps: told(messages, 'checkpoint').map(({ step }) => step), losses: curve(messages, 'loss'), last }
    }
    const never = await minutesAtLook(10, 0)
    const often = await minutesAtLook(10, 10)
    const seldom = await minutesAtLook(10, 5)
    const late = await minutesAtLook(10, 0.001)
    expect(never.steps).toEqual([48, 96])
    expect(late.steps).toEqual([48, 96])
    // One after each dispatch, and one after each second dispatch.
    expect(often.steps.length).toBeGreaterThan(seldom.steps.length)
    expect(seldom.steps.length).toBeGreaterThan(never.steps.length)
    for (const { steps } of [often, seldom]) expect(steps).toEqual(expect.arrayContaining([48, 96]))
    for (const { losses, last } of [often, seldom]) expect([losses, last]).toEqual([never.losses, never.last])
  })
})

describe('a loss that is no number', () => {
  it('is how a range test ends: what was measured until then stays', async () => {
    const schedule = { type: 'range-test', growth: 1e12 }
    const { messages, last } = await train(newJob({ learningRate: 0.01, schedule }))
    expect(last).toMatchObject({ type: 'finished', endedEarly: 'early-stopping', test: null })
    const losses = told(messages, 'metrics').flatMap(({ points }) => points.filter(({ name }) => name === 'loss'))
    expect(losses.length).toBeGreaterThan(4)
    expect(losses.length).toBeLessThan(27)
    expect(losses.every(({ value }) => Number.isFinite(value))).toBe(true)
  })

  it('fails a run also where only held-out images show it', async () => {
    // One step an epoch: its own loss is that of the first weights, and this rate leaves no number in those after it.
    const job = newJob({ batchSize: 297, optimizer: { type: 'sgd', momentum: 0 } })
    const spec = { ...job.spec, train: { ...job.spec.train, learningRate: 1e39 } }
    await expect(train({ ...job, spec })).rejects.toMatchObject({
      code: 'loss-not-finite',
      details: { step: 1, epoch: 1 },
    })
  })
})
