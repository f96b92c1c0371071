/**
 * Faults on purpose, with real files, real processes and the real engine, and what came of them: the table in docs/reliability.md is made from
 * what is observed here. Runs are as short as they can be.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { failingFiles } from '../files/failing-files.ts'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { endOf, eventOf, openTestStudio } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { trainRun } from '../trainer/train-run.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'

vi.setConfig({ testTimeout: 180_000 })

interface Outcome {
  readonly fault: string
  readonly where: string
  readonly outcome: string
}
const outcomes: Outcome[] = []
const observed = (fault: string, where: string, outcome: string): void => void outcomes.push({ fault, where, outcome })

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

    const codes = { ENOSPC: 'disk-full', EIO: 'file-write-failed', EACCES: 'file-write-failed' } as const
    for (const [index, [code, expected]] of Object.entries(codes).entries()) {
      let failed = 0
      for (let n = 1; n <= counter.count; n++) {
        // These two are the same to everything but the system: each takes every second operation.
        if (code !== 'ENOSPC' && n % 2 !== index % 2) continue
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
      expect(failed).toBeGreaterThan(counter.count / (code === 'ENOSPC' ? 2 : 4))
      const reported = expected === 'disk-full' ? 'the disk is said to be full' : 'the write is said to have failed'
      observed(
        `${code} (a failing write leaves half of its bytes)`,
        code === 'ENOSPC'
          ? 'each single file operation of a run, from the first to the last'
          : 'every second file operation of a run',
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
      observed(
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
    observed(
      'the loss becomes NaN or infinite',
      'any step',
      'the run fails with step and first layer named; the last finite checkpoint stays',
    )
  })
})

describe('in the service', () => {
  const studios: Studio[] = []
  async function open(trainer?: Parameters<typeof openTestStudio>[1]): Promise<Studio> {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-faults-'))
    fs.cpSync(path.join(home, 'cache'), path.join(own, 'cache'), { recursive: true })
    const studio = await openTestStudio(own, trainer)
    studios.push(studio)
    return studio
  }
  afterAll(async () => {
    for (const studio of studios) await studio.close()
  })
  const fixture = (name: string) => path.join(import.meta.dirname, '..', 'trainer', name)
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
    studio.handlers['queue.hold']({ held: false })
    expect((await endOf(studio, first!.id)).status).toBe('finished')
    observed(
      'no space left on the disk',
      'while a checkpoint is written',
      'the queue pauses and says why; resumed, the run finishes',
    )
  })

  it('a trainer that is killed fails its run alone, and the run can go on', async () => {
    const studio = await open()
    const long = { ...shortSpec, train: { ...shortSpec.train, epochs: 4000 } }
    const [killed, other] = await studio.handlers['queue.add']({ specs: [long, shortSpec] })
    await eventOf(studio, 'run.epoch', ({ run }) => run === killed!.id)
    const log = studio.handlers['queue.log']({ run: killed!.id, maxBytes: 100_000 }).text
    process.kill(Number(/process (\d+)/.exec(log)?.[1]), 'SIGKILL')
    expect(await endOf(studio, killed!.id)).toMatchObject({ status: 'failed', error: { code: 'trainer-crashed' } })
    expect((await endOf(studio, other!.id)).status).toBe('finished')
    studio.handlers['queue.retry']({ runs: [killed!.id] })
    studio.handlers['queue.edit']({ run: killed!.id, stopAfterEpoch: 'current' })
    expect((await endOf(studio, killed!.id)).status).toBe('finished')
    observed(
      'kill -9 of a trainer',
      'in the middle of an epoch',
      'its run fails with the signal named, the next one trains; tried again, it goes on from its checkpoint',
    )
  })

  it.runIf(process.platform === 'linux')(
    'a run that finds too little memory is tried again with smaller parts of its batch',
    async () => {
      const limited = path.join(home, 'limited-node')
      // Of writable memory, not of addresses: the engine's allocation fails as it does on a full machine.
      fs.writeFileSync(limited, `#!/bin/sh\nulimit -d 1300000\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 })
      const studio = await open({ nodePath: limited, entry: fixture('trainer-entry.fixture.ts') })
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
      observed(
        'the engine finds too little memory',
        'at the start or at a step',
        'tried again from the last checkpoint with half of the micro-batch and the same batch; the history of the run says so',
      )
    },
  )
})

it('the table in docs/reliability.md says what was observed', () => {
  const file = path.join(import.meta.dirname, '..', '..', 'docs', 'reliability.md')
  const [begin, end] = ['<!-- observed -->\n', '\n<!-- end -->']
  const text = fs.readFileSync(file, 'utf8')
  const lines = outcomes.map(({ fault, where, outcome }) => [fault, where, outcome])
  const head = ['fault', 'where', 'observed outcome']
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]!.length)))
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`
  const table = [row(head), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n')
  const [before = '', rest = ''] = text.split(begin)
  const after = rest.split(end)[1] ?? ''
  const made = `${before}${begin}\n${table}\n${end}${after}`
  if (process.env['STRATA_UPDATE_DOCS'] === '1') fs.writeFileSync(file, made)
  else if (process.platform === 'linux') expect(text).toBe(made)
})
