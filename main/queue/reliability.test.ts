/**
 * Faults on purpose, with real files, real processes and the real engine, and what came of them: the table in docs/reliability.md is made from
 * what is observed here. Runs are as short as they can be.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { builtProgram } from '../processes/built-program.fixture.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { failingFiles } from '../files/failing-files.ts'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { lockDatabase } from '../store/lock-database.fixture.ts'
import { endOf, eventOf, openTestStudio } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { trainRun } from '../trainer/train-run.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'
import { ObservedFaults } from './reliability-table.fixture.ts'
import type { ProcessCommand } from '../processes/process-command.ts'

vi.setConfig({ testTimeout: 300_000 })

/** As long as half a minute when asked for, STRATA_LONG=1; else some times as long as anything waits for a lock. */
const lockedMs = process.env['STRATA_LONG'] === '1' ? 30_000 : 4_000

const faults = new ObservedFaults('main/queue/reliability.test.ts')

let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-faults-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

const linear = {
  format: 'strata.network',
  version: 1,
  name: 'linear',
  nodes: [
    { id: 'input', type: 'input', params: { height: 32, width: 32, channels: 3 } },
    { id: 'flatten', type: 'flatten' },
    { id: 'dense', type: 'dense', params: { units: 10 } },
    { id: 'classifier', type: 'classifier' },
  ],
  edges: [
    { source: 'input', target: 'flatten' },
    { source: 'flatten', target: 'dense' },
    { source: 'dense', target: 'classifier' },
  ],
}
/** 6 steps an epoch. */
const shortSpec = {
  ...{ version: 1, name: 'short', network: { document: linear }, seed: 4 },
  data: { dataset: 'shapes', limit: 220, validation: 0.1 },
  train: { epochs: 2, batchSize: 33, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.01 },
}

let runs = 0
function newJob(): TrainerJob {
  const run = ++runs
  return {
    ...{
      run,
      home,
      spec: parseExperimentSpec(shortSpec),
      document: linear,
      experiment: 'short',
      engine: 'onnxruntime',
    },
    ...{ threads: 1, studio: { version: 'test', commit: null }, checkpoints: [], pauseAfterEpoch: null },
    checkpointFolder: path.join(home, 'checkpoints', `run-${run}`),
  }
}

type Saved = Extract<FromTrainer, { type: 'checkpoint' }>

/** The last message or what was thrown, and every checkpoint that was said to be saved, newest first. */
async function train(job: TrainerJob, files: FileOperations) {
  const saved: Saved[] = []
  const send = (message: FromTrainer): void => {
    if (message.type === 'checkpoint') saved.unshift(message)
  }
  const end = await trainRun(job, { files, shouldStop: false, send }).catch((fault: unknown) => fault)
  return { end: end as { type?: string; code?: string }, saved }
}

describe('files that fail', () => {
  it('leave only whole checkpoints behind, whichever operation fails, and the run goes on from them exactly', async () => {
    const counter = failingFiles(systemFiles, 0, 'EIO')
    const whole = await train(newJob(), counter)
    expect(whole.end.type).toBe('finished')
    expect(counter.count).toBeGreaterThan(15)

    const expectedOf = {
      ENOSPC: 'disk-full',
      EIO: 'file-write-failed',
      EACCES: 'file-write-failed',
      torn: 'file-write-failed',
    } as const
    const all = Array.from({ length: counter.count }, (_, index) => index + 1)
    for (const [index, [code, expected]] of Object.entries(expectedOf).entries()) {
      const operations = code === 'torn' ? counter.writes : all
      let failed = 0
      for (const n of operations) {
        const job = newJob()
        const { end, saved } = await train(job, failingFiles(systemFiles, n, code))
        if (end.type !== 'finished') {
          failed++
          expect(end.code, `operation ${n}, ${code}`).toBe(expected)
        }
        for (const checkpoint of saved) {
          expect(readCheckpoint(systemFiles, job.checkpointFolder, checkpoint).position.step).toBe(checkpoint.step)
        }
        // Some are enough to train again: the files do not know which failure stopped the run before.
        if (n % 6 !== 2 * index) continue
        const rest = await train(
          { ...job, checkpoints: saved.map(({ file, sha256 }) => ({ file, sha256 })) },
          systemFiles,
        )
        expect(rest.end, `resumed after operation ${n}, ${code}`).toEqual(whole.end)
      }
      // Whatever a write loses is noticed; of the other operations some do not matter.
      expect(failed).toBeGreaterThanOrEqual(code === 'torn' ? operations.length : operations.length / 2)
      const reported = expected === 'disk-full' ? 'the disk is said to be full' : 'the write is said to have failed'
      faults.saw(
        code === 'torn'
          ? 'half of a write is lost, and the system says nothing'
          : `${code} (a failing write leaves half of its bytes)`,
        code === 'torn'
          ? 'each single write of a run'
          : 'each single file operation of a run, from the first to the last',
        `${reported}; every checkpoint that was reported is whole; the resumed run ends with the same weights`,
      )
    }
  })

  it('that were damaged afterwards are noticed, and the one before is used', async () => {
    const whole = await train(newJob(), systemFiles)
    const damages: readonly [string, (file: string) => void][] = [
      ['the newest checkpoint is cut off', (file) => fs.truncateSync(file, 1000)],
      [
        'one bit of the newest checkpoint is turned over',
        (file) => {
          const bytes = fs.readFileSync(file)
          bytes[bytes.length - 5]! ^= 4
          fs.writeFileSync(file, bytes)
        },
      ],
      ['the newest checkpoint is gone', (file) => fs.rmSync(file)],
    ]
    for (const [fault, damage] of damages) {
      const job = newJob()
      const { saved } = await train(job, systemFiles)
      damage(path.join(job.checkpointFolder, saved[0]!.file))
      const started: FromTrainer[] = []
      const last = await trainRun(
        { ...job, checkpoints: saved.map(({ file, sha256 }) => ({ file, sha256 })) },
        {
          files: systemFiles,
          shouldStop: false,
          send: (message) => message.type === 'started' && started.push(message),
        },
      )
      expect(started).toMatchObject([{ position: { step: 6 }, rejected: [{ file: saved[0]!.file }] }])
      expect(last).toEqual(whole.end)
      faults.saw(
        fault,
        'before a run is resumed',
        'said in the history of the run; it goes on from the one before, to the same weights',
      )
    }
  })
})

describe('a loss that is no number', () => {
  it('stops the run, names step and layer, and keeps the last finite checkpoint', async () => {
    const nodes = [
      ...linear.nodes.slice(0, 2),
      { id: 'first', type: 'dense', params: { units: 20 } },
      { id: 'second', type: 'dense', params: { units: 10 } },
      { id: 'classifier', type: 'classifier' },
    ]
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: nodes[index]!.id, target: id }))
    const document = { ...linear, nodes, edges }
    const train100 = { ...shortSpec.train, learningRate: 0.4, epochs: 60 }
    const job = { ...newJob(), document, spec: parseExperimentSpec({ ...shortSpec, train: train100 }) }
    const { end, saved } = await train(job, systemFiles)
    expect(end).toMatchObject({
      code: 'loss-not-finite',
      details: { layer: expect.stringMatching(/^(first|second)$/) as string, checkpoint: saved[0]?.file ?? null },
    })
    const { details } = end as unknown as { details: { step: number } }
    for (const { step } of saved) expect(step).toBeLessThan(details.step)
    faults.saw(
      'the loss becomes NaN or infinite',
      'any step',
      'the run fails with step and first layer named; the last finite checkpoint stays',
    )
  })
})

describe('in the service', () => {
  const studios: Studio[] = []
  function newHome(): string {
    const own = fs.mkdtempSync(path.join(home, 'home-'))
    fs.cpSync(path.join(home, 'cache'), path.join(own, 'cache'), { recursive: true })
    return own
  }
  async function openAt(own: string, trainer?: ProcessCommand): Promise<Studio> {
    const studio = await openTestStudio(own, trainer ? { trainer } : {})
    studios.push(studio)
    return studio
  }
  const open = (trainer?: ProcessCommand): Promise<Studio> => openAt(newHome(), trainer)
  afterAll(async () => {
    for (const studio of studios) await studio.close()
  })
  const fixture = (name: string) => path.join(import.meta.dirname, '..', 'trainer', name)
  /** Everything a run has to show, without times and speeds. */
  function resultOf(studio: Studio, run: number) {
    const { epochs, best, test, weightsSha256 } = studio.handlers['runs.get']({ run })
    const loss = studio.handlers['runs.metrics']({ run }).find(
      ({ split, name }) => split === 'train' && name === 'loss',
    )
    return {
      ...{ best, test, weightsSha256, steps: loss?.steps, losses: loss?.values },
      epochs: epochs.map(({ epoch, train, validation }) => ({ epoch, train, validation })),
    }
  }
  const eventsOf = (studio: Studio, run: number, type: string) =>
    studio.handlers['queue.events']({ run }).filter((event) => event.type === type)

  it('a full disk pauses the queue with the reason; the run goes on when there is space again', async () => {
    const marker = path.join(home, 'space')
    const studio = await open({
      nodePath: process.execPath,
      entry: fixture('full-disk-trainer.fixture.ts'),
      args: [marker],
    })
    const [first, second] = await studio.handlers['queue.add']({ specs: [shortSpec, shortSpec] })
    await eventOf(studio, 'run.changed', ({ id, status }) => id === first!.id && status === 'queued')
    const { settings, jobs } = studio.handlers['queue.get']()
    expect(settings.hold).toMatchObject({ code: 'disk-full' })
    expect(jobs.map(({ run, state }) => [run, state])).toEqual([
      [first!.id, 'waiting'],
      [second!.id, 'waiting'],
    ])
    fs.writeFileSync(marker, '')
    await studio.handlers['queue.hold']({ held: false })
    expect((await endOf(studio, first!.id)).status).toBe('finished')
    faults.saw(
      'no space left on the disk',
      'while a checkpoint is written',
      'the queue pauses and says why; resumed, the run finishes',
    )
  })

  it('a trainer that is killed at every stage fails its run alone, which in the end is as if nothing had happened', async () => {
    const moments = fs.mkdtempSync(path.join(home, 'moments-'))
    const studio = await open({
      nodePath: process.execPath,
      entry: fixture('killed-trainer.fixture.ts'),
      args: [moments],
    })
    const { handlers } = studio
    const stages = {
      'before it has read anything': ['claim'],
      'with data and network loaded': ['started 1'],
      'in the middle of an epoch': ['metrics 1'],
      'between an epoch and its checkpoint': ['epoch 1'],
      'at each step of writing a checkpoint': [
        ...[
          'create 1',
          'write 2',
          'sync 1',
          'readBlocks 1',
          'rename 1',
          'syncFolder 1',
          'checkpoint 1',
          'checkpoint 2',
        ],
      ],
      'with nothing left to say but that it has finished': ['finished 1'],
    }
    await handlers['queue.hold']({ held: true })
    const [killed, next] = await handlers['queue.add']({ specs: [shortSpec, shortSpec] })
    for (const [index, moment] of Object.values(stages).flat().entries()) {
      fs.writeFileSync(path.join(moments, `${killed!.id}`), moment)
      const ended = endOf(studio, killed!.id)
      if (index === 0) await handlers['queue.hold']({ held: false })
      else await handlers['queue.retry']({ runs: [killed!.id] })
      expect(await ended, moment).toMatchObject({
        status: 'failed',
        error: { code: 'trainer-crashed', message: expect.stringContaining('SIGKILL') as string },
      })
      // The next one is not kept from training.
      if (index === 0) expect((await endOf(studio, next!.id)).status).toBe('finished')
    }
    const ended = endOf(studio, killed!.id)
    await handlers['queue.retry']({ runs: [killed!.id] })
    expect((await ended).status).toBe('finished')
    expect(resultOf(studio, killed!.id)).toEqual(resultOf(studio, next!.id))
    for (const stage of Object.keys(stages)) {
      faults.saw(
        'kill -9 of a trainer',
        stage,
        'its run fails with the signal named, the next one trains; tried again, it ends with the same losses and weights',
      )
    }
  })

  it('a service that is killed at any stage leaves what the next one goes on with', async () => {
    const spec = { ...shortSpec, train: { ...shortSpec.train, epochs: 4 } }
    const undisturbed = await open()
    const whole = await undisturbed.handlers['runs.start']({ spec })
    await endOf(undisturbed, whole.id)
    const entry = path.join(import.meta.dirname, '..', 'studio-process.fixture.ts')
    // Three deaths of the service are what a run may survive, so there are two of them.
    for (const stages of [
      {
        'a run was claimed': ['running'],
        'a step was recorded': ['step', '7'],
        'an epoch was recorded, its checkpoint not': ['epoch', '2'],
      },
      { 'a superseded checkpoint is removed': ['remove'], 'the end was recorded': ['finished'] },
    ]) {
      const own = newHome()
      for (const [stage, words] of Object.entries(stages)) {
        const [moment = '', count = '0'] = words as readonly string[]
        const service = spawn(process.execPath, [entry, own, moment, count, JSON.stringify(spec)], { stdio: 'inherit' })
        expect(await once(service, 'exit'), stage).toEqual([null, 'SIGKILL'])
      }
      const studio = await openAt(own)
      const { status } = studio.handlers['runs.get']({ run: 1 })
      expect(status === 'finished' ? status : (await endOf(studio, 1)).status).toBe('finished')
      expect(resultOf(studio, 1)).toEqual(resultOf(undisturbed, whole.id))
      const { checkpoints } = studio.handlers['runs.get']({ run: 1 })
      const files = fs.readdirSync(path.join(own, 'checkpoints', 'run-1'))
      expect(files.toSorted()).toEqual(checkpoints.map(({ file }) => file).toSorted())
      for (const stage of Object.keys(stages)) {
        faults.saw(
          'kill -9 of the service',
          `when ${stage}`,
          'the next service goes on from the last checkpoint, to the same losses and weights; no stray file stays',
        )
      }
    }
  })

  it('a database that another program has locked delays, and loses nothing', async () => {
    const own = newHome()
    const studio = await openAt(own)
    const { handlers } = studio
    const [first, second] = await handlers['queue.add']({ specs: [shortSpec, shortSpec] })
    const ends = Promise.all([first!, second!].map(({ id }) => endOf(studio, id)))
    await eventOf(studio, 'run.metrics', ({ run }) => run === first!.id)
    const before = handlers['queue.get']()
    const unlock = lockDatabase(own)
    const lockedAt = performance.now()
    // All that a person or a program may do meanwhile is refused, and said why; looking goes on.
    for (const refused of [
      () => handlers['queue.add']({ specs: [shortSpec] }),
      () => handlers['queue.cancel']({ runs: [second!.id] }),
      async () => handlers['queue.prioritise']({ runs: [second!.id], priority: 3 }),
      async () => handlers['queue.configure']({ order: 'shortest' }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'database-busy' })
      expect(handlers['queue.get']().jobs.length).toBeGreaterThan(1)
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, lockedMs - (performance.now() - lockedAt))))
    expect(handlers['queue.get']().settings).toEqual(before.settings)
    unlock()
    expect((await ends).map(({ status }) => status)).toEqual(['finished', 'finished'])
    expect(handlers['runs.list']()).toHaveLength(2)
    const [a, b] = [first!, second!].map(({ id }) => resultOf(studio, id))
    expect(a).toEqual(b)
    expect(a?.steps).toHaveLength(12)
    faults.saw(
      'another program holds the database locked',
      'a run trains, others wait; actions of a person meanwhile',
      'actions are refused with the reason, what trains goes on and is recorded when the lock is gone; nothing is lost, nothing is done twice',
    )
  })

  it.runIf(process.platform === 'linux')(
    'a run that finds too little memory is tried again with smaller parts of its batch',
    async () => {
      const limited = path.join(home, 'limited-node')
      // Of writable memory, not of addresses: the engine's allocation fails as it does on a full machine.
      fs.writeFileSync(limited, `#!/bin/sh\nulimit -d 1500000\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 })
      const studio = await open({ ...builtProgram('trainer'), nodePath: limited })
      const wide = {
        ...linear,
        nodes: [
          linear.nodes[0],
          { id: 'wide', type: 'conv2d', params: { filters: 192, kernel: 1 } },
          { id: 'relu', type: 'relu' },
          { id: 'pool', type: 'global-average-pool' },
          { id: 'dense', type: 'dense', params: { units: 10 } },
          { id: 'classifier', type: 'classifier' },
        ],
        edges: ['input', 'wide', 'relu', 'pool', 'dense'].map((source, index, ids) => ({
          source,
          target: ids[index + 1] ?? 'classifier',
        })),
      }
      const spec = {
        ...{ ...shortSpec, network: { document: wide } },
        data: { ...shortSpec.data, limit: 600 },
        train: { ...shortSpec.train, epochs: 1, batchSize: 512 },
      }
      const run = await studio.handlers['runs.start']({ spec })
      const ended = await endOf(studio, run.id)
      const retries = eventsOf(studio, run.id, 'run.outOfMemory').map(({ data }) => data)
      expect(retries.length, JSON.stringify(ended.error)).toBeGreaterThan(0)
      expect(retries[0]).toMatchObject({ microBatch: 256, batchSize: 512 })
      expect(ended.status).toBe('finished')
      faults.saw(
        'the engine finds too little memory',
        'at the start or at a step',
        'tried again from the last checkpoint with half of the micro-batch and the same batch; the history of the run says so',
      )
    },
  )
})

it('docs/reliability.md says what was observed', () => {
  const { written, observed } = faults.compare()
  // One of the faults is known on Linux only.
  if (process.platform === 'linux') expect(written).toBe(observed)
})
