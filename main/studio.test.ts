import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDataset } from './datasets/open-dataset.ts'
import { isProcessAlive } from './processes/process-alive.ts'
import { endOf, eventOf, openTestStudio, smallExperiment } from './studio.fixture.ts'
import type { Studio } from './studio.ts'
import { lockDatabase } from './store/lock-database.fixture.ts'
import { openStore } from './store/open-store.ts'
import { exampleRun } from './store/run.fixture.ts'

vi.setConfig({ testTimeout: 120_000 })

let prepared: string
const homes: string[] = []
const studios: Studio[] = []

beforeAll(async () => {
  prepared = newFolder()
  await openDataset('shapes', { home: prepared })
}, 120_000)
afterEach(async () => {
  for (const studio of studios.splice(0)) await studio.close()
  for (const home of homes.splice(0)) fs.rmSync(home, { recursive: true })
})
afterAll(() => fs.rmSync(prepared, { recursive: true }))

function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'strata-studio-'))
}

/** An empty home folder that has its dataset prepared already. */
function newHome(): string {
  const home = newFolder()
  homes.push(home)
  fs.cpSync(path.join(prepared, 'cache'), path.join(home, 'cache'), { recursive: true })
  return home
}

async function open(home: string): Promise<Studio> {
  const studio = await openTestStudio(home)
  studios.push(studio)
  return studio
}

async function close(studio: Studio): Promise<void> {
  studios.splice(studios.indexOf(studio), 1)
  await studio.close()
}

function start(studio: Studio, changes: object = {}) {
  return studio.handlers['runs.start']({ spec: { ...smallExperiment, ...changes } })
}

/** Everything a run has to show, without times and speeds. */
function resultOf(studio: Studio, run: number) {
  const { epochs, best, test, weightsSha256, status } = studio.handlers['runs.get']({ run })
  const series = studio.handlers['runs.metrics']({ run })
  return {
    ...{ status, best, test, weightsSha256 },
    epochs: epochs.map(({ epoch, step, train, validation }) => ({ epoch, step, train, validation })),
    series: series
      // How long the device waited for data is a time as well.
      .filter(({ name }) => name !== 'dataWait')
      .map(({ split, name, steps, values }) => ({ series: `${split} ${name}`, steps, values }))
      .toSorted((a, b) => (a.series < b.series ? -1 : 1)),
  }
}

/** The process that trains or trained a run last. */
function trainerPid(home: string, run: number): number {
  const log = fs.readFileSync(path.join(home, 'logs', `run-${run}.log`), 'utf8')
  return Number(/process (\d+)\n(?!.*process \d+\n)/s.exec(log)?.[1])
}

const steps = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('a run', () => {
  it('is queued, trained, recorded whole, and still there when the studio opens again', async () => {
    const home = newHome()
    const studio = await open(home)
    const seen: string[] = []
    studio.onEvent((event, payload) => {
      if (event === 'run.changed' && 'status' in payload && seen.at(-1) !== payload.status) seen.push(payload.status)
    })
    const queued = await start(studio)
    expect(queued).toMatchObject({ id: 1, name: 'small', network: 'LeNet-5', dataset: 'shapes', seed: 5 })
    expect(studio.activeRuns()).toBe(1)
    const ended = await endOf(studio, 1)
    expect(ended).toMatchObject({ status: 'finished', error: null, progress: { epoch: 4, step: 120, steps: 120 } })
    expect(seen).toEqual(['queued', 'running', 'finished'])
    expect(studio.activeRuns()).toBe(0)

    const detail = studio.handlers['runs.get']({ run: 1 })
    expect(detail.epochs.map(({ step }) => step)).toEqual([30, 60, 90, 120])
    expect(detail.environment).toMatchObject({ engine: 'onnxruntime', studio: 'test', device: 'cpu' })
    expect(detail.environment?.datasetFingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(detail.networkDocument).toMatchObject({ format: 'strata.network' })
    const result = resultOf(studio, 1)
    expect(result.series.map(({ series, steps }) => [series, steps.length])).toEqual([
      ['test accuracy', 1],
      ['test loss', 1],
      ['train accuracy', 4],
      ['train gradientNorm', 120],
      ['train learningRate', 120],
      ['train loss', 120],
      ['validation accuracy', 4],
      ['validation loss', 4],
    ])
    expect(result.best?.accuracy).toBe(Math.max(...result.epochs.map(({ validation }) => validation!.accuracy)))
    const files = fs.readdirSync(path.join(home, 'checkpoints', 'run-1'))
    expect(files.toSorted()).toEqual(detail.checkpoints.map(({ file }) => file).toSorted())
    expect(files.length).toBeLessThanOrEqual(3)

    await close(studio)
    const again = await open(home)
    expect(resultOf(again, 1)).toEqual(result)
  })

  it('fails with the reason when its process is killed; the next one trains, and the studio lives', async () => {
    const home = newHome()
    const studio = await open(home)
    const [first, second] = [await start(studio), await start(studio, { seed: 6 })]
    await eventOf(studio, 'run.metrics', ({ run }) => run === first.id)
    process.kill(trainerPid(home, first.id), 'SIGKILL')
    const [failed, finished] = await Promise.all([endOf(studio, first.id), endOf(studio, second.id)])
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'trainer-crashed', message: expect.stringContaining('SIGKILL') as string },
    })
    expect(finished.status).toBe('finished')
    const { series } = resultOf(studio, first.id)
    expect(series.find(({ series }) => series === 'train loss')?.steps.length).toBeGreaterThan(0)
  })

  it('fails with the reason when its process cannot even be started, and the queue goes on', async () => {
    const home = newHome()
    const studio = await open(home)
    fs.mkdirSync(path.join(home, 'logs', 'run-1.log'), { recursive: true })
    expect(await start(studio)).toMatchObject({ id: 1, status: 'failed', error: { code: 'internal' } })
    const second = await start(studio)
    expect((await endOf(studio, second.id)).status).toBe('finished')
  })

  it('is recorded whole when another program locks the database in the middle', async () => {
    const home = newHome()
    const studio = await open(home)
    const { id } = await start(studio)
    await eventOf(studio, 'run.metrics', ({ run }) => run === id)
    const unlock = lockDatabase(home)
    // Everything is said before anything more can be written down.
    const pid = trainerPid(home, id)
    await expect.poll(() => isProcessAlive(pid), { timeout: 60_000, interval: 200 }).toBe(false)
    await expect(start(studio)).rejects.toMatchObject({ code: 'database-busy' })
    const ended = endOf(studio, id)
    unlock()
    expect((await ended).status).toBe('finished')
    const { series, epochs } = resultOf(studio, id)
    expect(series.find(({ series }) => series === 'train loss')?.steps).toEqual(steps(120))
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
  })

  it('stops while it waits, and while it trains with a checkpoint', async () => {
    const home = newHome()
    const studio = await open(home)
    const [running, waiting] = [await start(studio, longer), await start(studio)]
    expect((await studio.handlers['runs.stop']({ run: waiting.id })).status).toBe('stopped')
    await eventOf(studio, 'run.metrics', ({ run }) => run === running.id)
    const stopped = await studio.handlers['runs.stop']({ run: running.id })
    expect(stopped.status).toBe('stopped')
    const { checkpoints, progress } = studio.handlers['runs.get']({ run: running.id })
    expect(checkpoints[0]?.step).toBe(progress.step)
    expect(progress.step).toBeGreaterThan(0)
    expect(studio.activeRuns()).toBe(0)
    await expect(studio.handlers['runs.stop']({ run: waiting.id })).rejects.toMatchObject({ code: 'run-state' })
  })

  it('is deleted and restored, and not while it trains', async () => {
    const studio = await open(newHome())
    const { id } = await start(studio)
    expect(() => studio.handlers['runs.delete']({ runs: [id] })).toThrow(expect.objectContaining({ code: 'run-state' }))
    await endOf(studio, id)
    const before = resultOf(studio, id)
    const removed = eventOf(studio, 'run.removed', ({ run }) => run === id)
    studio.handlers['runs.delete']({ runs: [id] })
    await removed
    expect(studio.handlers['runs.list']()).toEqual([])
    expect(() => studio.handlers['runs.metrics']({ run: id })).toThrow(
      expect.objectContaining({ code: 'run-not-found' }),
    )
    studio.handlers['runs.restore']({ runs: [id] })
    expect(resultOf(studio, id)).toEqual(before)
  })
})

const longer = { train: { ...smallExperiment.train, epochs: 400 } }

describe('an interrupted studio', () => {
  it('that is killed goes on where the last checkpoint was, with the curve of an uninterrupted run', async () => {
    const home = newHome()
    const fixture = path.join(import.meta.dirname, 'studio-process.fixture.ts')
    // Within the second epoch, so that a checkpoint is behind it and work after the checkpoint is lost.
    const service = spawn(process.execPath, [fixture, home, 'step', '30'], { stdio: 'inherit' })
    await once(service, 'exit')
    const orphan = trainerPid(home, 1)
    await expect.poll(() => isProcessAlive(orphan), { timeout: 30_000 }).toBe(false)

    const studio = await open(home)
    const resumed = await endOf(studio, 1)
    expect(resumed.status).toBe('finished')
    const { id } = await start(studio)
    await endOf(studio, id)
    const result = resultOf(studio, 1)
    expect(result).toEqual(resultOf(studio, id))
    expect(result.series.find(({ series }) => series === 'train loss')?.steps).toEqual(steps(120))

    await close(studio)
    const store = openStore(home)
    const events = store.events.ofRun(1).map(({ type }) => type)
    store.close()
    expect(events).toEqual([
      'run.queued',
      'run.claimed',
      'run.started',
      'run.requeued',
      'run.claimed',
      'run.continued',
      'run.finished',
    ])
  })

  it('that is closed puts its run back with a checkpoint, and goes on with it', async () => {
    const home = newHome()
    const first = await open(home)
    await start(first)
    await eventOf(first, 'run.metrics', () => true)
    await close(first)
    const store = openStore(home)
    expect(store.runs.get(1).status).toBe('queued')
    expect(store.checkpoints.list(1)).not.toEqual([])
    store.close()
    const second = await open(home)
    await endOf(second, 1)
    const { id } = await start(second)
    await endOf(second, id)
    expect(resultOf(second, 1)).toEqual(resultOf(second, id))
  })

  it('does not try a run for ever that takes the studio down each time', async () => {
    const home = newHome()
    const store = openStore(home)
    const run = store.runs.add(exampleRun())
    store.jobs.enqueue(run)
    store.jobs.claim(run)
    store.runs.change(run, { status: 'running' }, 'run.claimed')
    for (let i = 0; i < 3; i++) store.jobs.countInterruption(run)
    store.close()
    const studio = await open(home)
    expect(studio.handlers['runs.get']({ run })).toMatchObject({ status: 'failed', error: { code: 'trainer-crashed' } })
    expect(studio.activeRuns()).toBe(0)
  })
})

describe('an experiment', () => {
  const refusal = async (spec: unknown) => {
    const studio = await open(newHome())
    const error = await studio.handlers['runs.start']({ spec }).then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; details: { issues: { code: string; path: string }[] } },
    )
    expect(studio.handlers['runs.list']()).toEqual([])
    return error?.details.issues.map(({ code, path }) => `${code} ${path}`)
  }

  it('is refused with all its problems at once', async () => {
    const issues = await refusal({
      ...smallExperiment,
      network: { zoo: 'lenet6' },
      data: { dataset: 'shape', limit: 5 },
      engine: 'onnxrntime',
    })
    expect(issues).toEqual(['unknown-dataset data.dataset', 'unknown-network network', 'engine-unavailable engine'])
  })

  it('names unknown keys and wrong values of its own file', async () => {
    const issues = await refusal({ ...smallExperiment, train: { ...smallExperiment.train, epochs: 0, batchsize: 3 } })
    expect(issues?.toSorted()).toEqual(['out-of-range train.epochs', 'unknown-key train.batchsize'])
  })

  it('is told where its network does not suit the dataset', async () => {
    const nodes = [
      { id: 'input', type: 'input', params: { height: 28, width: 28, channels: 1 } },
      { id: 'flatten', type: 'flatten' },
      { id: 'dense', type: 'dense', params: { units: 7 } },
      { id: 'classifier', type: 'classifier' },
    ]
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: nodes[index]!.id, target: id }))
    const document = { format: 'strata.network', version: 1, name: 'gray', nodes, edges }
    const data = { dataset: 'shapes', limit: 100_000 }
    expect(await refusal({ ...smallExperiment, network: { document }, data })).toEqual([
      'out-of-range data.limit',
      'shape-mismatch network.document.nodes.input.params',
      'class-mismatch network.document.nodes.dense.params.units',
    ])
  })

  it('on a dataset that is not on this machine is refused before it is queued', async () => {
    expect(await refusal({ ...smallExperiment, data: { dataset: 'mnist' } })).toEqual(['dataset-missing data.dataset'])
  })
})
