/**
 * A run that is killed at any moments, as often as it likes: it ends as if nothing had happened. A kill loses everything since the last checkpoint;
 * here it is an exception at the moment where the trainer looks for requests, behind which nothing of it runs.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { ObservedFaults } from '../queue/reliability-table.fixture.ts'
import { systemFiles } from '../files/file-operations.ts'
import { trainRun } from './train-run.ts'
import type { FromTrainer, TrainerJob } from './trainer-protocol.ts'

vi.setConfig({ testTimeout: 180_000 })

const faults = new ObservedFaults('main/trainer/random-kills.test.ts')

let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-kills-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

const ids = ['input', 'conv', 'norm', 'relu', 'drop', 'pool', 'dense', 'classifier']
const document = {
  format: 'strata.network',
  version: 1,
  name: 'everything that remembers',
  nodes: [
    { id: 'input', type: 'input', params: { height: 32, width: 32, channels: 3 } },
    { id: 'conv', type: 'conv2d', params: { filters: 6, stride: 2, bias: false } },
    { id: 'norm', type: 'batch-normalization' },
    { id: 'relu', type: 'relu' },
    { id: 'drop', type: 'dropout', params: { rate: 0.2 } },
    { id: 'pool', type: 'global-average-pool' },
    { id: 'dense', type: 'dense', params: { units: 10 } },
    { id: 'classifier', type: 'classifier' },
  ],
  edges: ids.slice(1).map((target, index) => ({ source: ids[index], target })),
}

/** 24 steps an epoch, in two dispatches. */
const spec = parseExperimentSpec({
  ...{ version: 1, name: 'kills', network: { document }, seed: 6, checkpoints: { everySteps: 10 } },
  data: {
    ...{ dataset: 'shapes', limit: 880, validation: 0.1, threads: 2 },
    augment: [{ type: 'random-crop', padding: 3 }, { type: 'mirror' }, { type: 'mixup' }],
  },
  train: {
    ...{ epochs: 4, batchSize: 33, optimizer: { type: 'adam' }, learningRate: 0.01, gradientClip: { norm: 1 } },
    // No epoch is better by 90 %, so the rate drops, and the third epoch without an improvement is the last.
    schedule: { type: 'reduce-on-plateau', factor: 0.5, patience: 0, threshold: 0.9 },
    earlyStopping: { patience: 2, minDelta: 100 },
  },
})

interface Recorded {
  readonly points: Map<string, number>
  readonly checkpoints: { readonly file: string; readonly sha256: string; readonly step: number }[]
}

/** Trains until the end, or until it is killed at its `killAt`th look. */
async function train(run: number, recorded: Recorded, killAt = Infinity): Promise<FromTrainer | undefined> {
  const job: TrainerJob = {
    ...{ run, home, spec, document, experiment: 'kills', engine: 'onnxruntime', threads: 2, pauseAfterEpoch: null },
    ...{ studio: { version: 'test', commit: null }, rateChanges: [{ step: 20, learningRate: 0.006 }] },
    checkpointFolder: path.join(home, 'checkpoints', `run-${run}`),
    checkpoints: recorded.checkpoints.map(({ file, sha256 }) => ({ file, sha256 })),
  }
  const kill = new Error('killed')
  let looks = 0
  return trainRun(job, {
    files: systemFiles,
    send(message) {
      if (message.type === 'checkpoint') recorded.checkpoints.unshift(message)
      if (message.type !== 'metrics') return
      for (const { split, name, step, value } of message.points) {
        if (name !== 'dataWait') recorded.points.set(`${split} ${name} ${step}`, value)
      }
    },
    get shouldStop() {
      if (++looks > killAt) throw kill
      return false
    },
  }).catch((fault: unknown) => {
    if (fault !== kill) throw fault
    return undefined
  })
}

it('ends as if nothing had happened, wherever it is killed', async () => {
  const whole: Recorded = { points: new Map(), checkpoints: [] }
  const end = await train(1, whole)
  expect(end).toMatchObject({ type: 'finished', endedEarly: 'early-stopping' })
  expect(whole.points.get('train loss 72')).toBeDefined()

  let deaths = 0
  for (let sample = 1; sample <= 4; sample++) {
    const random = counterRandom({ seed: 11, purpose: 'kills', index: sample })
    const killed: Recorded = { points: new Map(), checkpoints: [] }
    const kills = Array.from({ length: 1 + random.below(3) }, () => random.below(8))
    for (const killAt of kills) {
      // The last moments may lie behind its end: then it had nothing to lose.
      if ((await train(1 + sample, killed, killAt)) !== undefined) break
      deaths++
    }
    expect(await train(1 + sample, killed), `killed at looks ${kills.join(', ')}`).toEqual(end)
    expect([...killed.points].toSorted()).toEqual([...whole.points].toSorted())
  }
  expect(deaths).toBeGreaterThan(4)
  faults.saw(
    'the training ends at once, without a word',
    'at moments that chance chooses, several times in a run',
    'the losses equal those of the uninterrupted run to the last digit, and so do the weights',
  )
})

it('docs/reliability.md says what was observed', () => {
  const { written, observed } = faults.compare()
  expect(written).toBe(observed)
})
