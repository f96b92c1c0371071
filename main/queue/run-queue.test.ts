import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDataset } from '../datasets/open-dataset.ts'
import { openStore } from '../store/open-store.ts'
import { endOf, eventOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { replayWishes } from './queue-journal.ts'

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
  for (const home of homes.splice(0)) {
    expectReplay(home)
    fs.rmSync(home, { recursive: true })
  }
})
afterAll(() => fs.rmSync(prepared, { recursive: true }))

function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'strata-queue-'))
}

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

/** Whatever a test did: the log alone gives the wishes that the table holds. */
function expectReplay(home: string): void {
  const store = openStore(home)
  const replayed = replayWishes(store)
  for (const job of store.jobs.inState('waiting', 'running', 'paused', 'done')) {
    const { intent, priority, position, pauseAfterEpoch, stopAfterEpoch, slots } = job
    const { intent: wished, ...rest } = replayed.get(job.run) ?? {}
    expect({ run: job.run, intent: wished }).toEqual({ run: job.run, intent })
    expect(rest).toEqual({ priority, position, pauseAfterEpoch, stopAfterEpoch, slots })
  }
  store.close()
}

const longer = { ...smallExperiment, train: { ...smallExperiment.train, epochs: 400 } }

function add(studio: Studio, count: number, job = {}, spec: object = longer) {
  return studio.handlers['queue.add']({ specs: Array.from({ length: count }, () => spec), job })
}

function line(studio: Studio): number[] {
  return studio.handlers['queue.get']().jobs.map(({ run }) => run)
}

const status = (studio: Studio, run: number) => studio.handlers['runs.get']({ run }).status

/** Everything a run has to show, without times and speeds. */
function resultOf(studio: Studio, run: number) {
  const { epochs, best, test, weightsSha256 } = studio.handlers['runs.get']({ run })
  const loss = studio.handlers['runs.metrics']({ run }).find(({ split, name }) => split === 'train' && name === 'loss')
  return {
    ...{ best, test, weightsSha256, steps: loss?.steps, losses: loss?.values },
    epochs: epochs.map(({ epoch, train, validation }) => ({ epoch, train, validation })),
  }
}

describe('a paused run', () => {
  it('has no process, lets the next one train, and goes on with the curve of one that never paused', async () => {
    const studio = await open(newHome())
    const [first, second] = await add(studio, 2, {}, smallExperiment)
    await eventOf(studio, 'run.metrics', ({ run }) => run === first!.id)
    await studio.handlers['queue.pause']({ runs: [first!.id] })
    expect(status(studio, first!.id)).toBe('paused')
    expect(studio.handlers['runs.get']({ run: first!.id }).checkpoints[0]?.step).toBeGreaterThan(0)
    expect((await endOf(studio, second!.id)).status).toBe('finished')
    expect(studio.activeRuns()).toBe(0)
    await studio.handlers['queue.resume']({ runs: [first!.id] })
    expect((await endOf(studio, first!.id)).status).toBe('finished')
    expect(resultOf(studio, first!.id)).toEqual(resultOf(studio, second!.id))
  })

  it('pauses by itself after an epoch, again after a later one, and survives a new studio', async () => {
    const home = newHome()
    const studio = await open(home)
    const [run] = await add(studio, 1, { pauseAfterEpoch: 1 }, smallExperiment)
    await eventOf(studio, 'run.changed', ({ status }) => status === 'paused')
    expect(studio.handlers['runs.get']({ run: run!.id })).toMatchObject({
      lastEpoch: { epoch: 1 },
      progress: { step: 30 },
    })
    expect(() => studio.handlers['queue.resume']({ runs: [1], pauseAfterEpoch: 1 })).toThrow(
      expect.objectContaining({ code: 'out-of-range' }),
    )
    await studio.handlers['queue.resume']({ runs: [run!.id], pauseAfterEpoch: 3 })
    await eventOf(studio, 'run.changed', ({ status }) => status === 'paused')
    expect(studio.handlers['runs.get']({ run: run!.id }).progress.step).toBe(90)
    studios.pop()
    await studio.close()

    const again = await open(home)
    expect(status(again, run!.id)).toBe('paused')
    await again.handlers['queue.resume']({ runs: [run!.id] })
    expect((await endOf(again, run!.id)).status).toBe('finished')
    const [whole] = await add(again, 1, {}, smallExperiment)
    await endOf(again, whole!.id)
    expect(resultOf(again, run!.id)).toEqual(resultOf(again, whole!.id))
  })
})

describe('the queue', () => {
  it('orders by priority, moves, and takes every action back and brings it again', async () => {
    const studio = await open(newHome())
    const { handlers } = studio
    await handlers['queue.hold']({ held: true })
    await add(studio, 4)
    await add(studio, 1, { priority: 5 })
    expect(line(studio)).toEqual([5, 1, 2, 3, 4])
    await handlers['queue.move']({ runs: [3, 4], before: 1 })
    expect(line(studio)).toEqual([5, 3, 4, 1, 2])
    await handlers['queue.move']({ runs: [2], before: 5 })
    expect(line(studio)).toEqual([2, 5, 3, 4, 1])
    await handlers['queue.prioritise']({ runs: [1], priority: 9 })
    expect(line(studio)).toEqual([1, 2, 5, 3, 4])
    await handlers['queue.cancel']({ runs: [3] })
    await handlers['queue.pause']({ runs: [4] })
    expect([status(studio, 3), status(studio, 4)]).toEqual(['stopped', 'paused'])

    await handlers['queue.undo']()
    await handlers['queue.undo']()
    expect([status(studio, 3), status(studio, 4)]).toEqual(['queued', 'queued'])
    expect(line(studio)).toEqual([1, 2, 5, 3, 4])
    for (let i = 0; i < 3; i++) await handlers['queue.undo']()
    expect(line(studio)).toEqual([5, 1, 2, 3, 4])
    await handlers['queue.undo']()
    expect(line(studio)).toEqual([1, 2, 3, 4])
    expect(handlers['runs.list']().map(({ id }) => id)).toEqual([4, 3, 2, 1])
    for (let i = 0; i < 6; i++) await handlers['queue.redo']()
    expect(line(studio)).toEqual([1, 2, 5, 4])
    expect([status(studio, 3), status(studio, 4), status(studio, 5)]).toEqual(['stopped', 'paused', 'queued'])
    await expect(handlers['queue.redo']()).rejects.toMatchObject({ code: 'nothing-to-undo' })
  })

  it('knows after a restart what can be taken back', async () => {
    const home = newHome()
    const studio = await open(home)
    await studio.handlers['queue.hold']({ held: true })
    await add(studio, 3)
    await studio.handlers['queue.move']({ runs: [3], before: 1 })
    studios.pop()
    await studio.close()
    const again = await open(home)
    expect(again.handlers['queue.get']()).toMatchObject({ undo: { action: 'moved', runs: [3] }, redo: null })
    await again.handlers['queue.undo']()
    expect(line(again)).toEqual([1, 2, 3])
    await again.handlers['queue.undo']()
    expect(again.handlers['runs.list']()).toEqual([])
    await again.handlers['queue.redo']()
    expect(line(again)).toEqual([1, 2, 3])
  })

  it('finds room between neighbours for any number of moves', async () => {
    const studio = await open(newHome())
    await studio.handlers['queue.hold']({ held: true })
    await add(studio, 3)
    for (let i = 0; i < 60; i++) {
      const [, second, third] = line(studio)
      await studio.handlers['queue.move']({ runs: [third!], before: second! })
      expect(line(studio)).toEqual([1, third, second])
    }
  })

  it('takes an undone stop of a running run as if it had been paused', async () => {
    const studio = await open(newHome())
    const [run] = await add(studio, 1)
    await eventOf(studio, 'run.metrics', () => true)
    await expect(studio.handlers['queue.undo']()).rejects.toMatchObject({ code: 'run-state' })
    await studio.handlers['queue.cancel']({ runs: [run!.id] })
    expect(status(studio, run!.id)).toBe('stopped')
    const { step } = studio.handlers['runs.get']({ run: run!.id }).progress
    await studio.handlers['queue.undo']()
    const isLoss = ({ split, name }: { split: string; name: string }) => split === 'train' && name === 'loss'
    const goesOn = await eventOf(studio, 'run.metrics', ({ points }) => points.some(isLoss))
    expect(goesOn.points.find(isLoss)?.step).toBe(step + 1)
  })

  it('brings a paused run back, paused and at its place, when its stop or its replacement is taken back', async () => {
    const studio = await open(newHome())
    const { handlers } = studio
    const [first, second] = await add(studio, 2, { paused: true }, smallExperiment)
    const ids = [first!.id, second!.id]
    await handlers['queue.cancel']({ runs: [first!.id] })
    expect(line(studio)).toEqual([second!.id])
    await handlers['queue.undo']()
    expect(line(studio)).toEqual(ids)
    const replaced = await handlers['queue.replace']({ run: first!.id, spec: { ...smallExperiment, name: 'other' } })
    expect(line(studio)).toEqual([replaced.id, second!.id])
    await handlers['queue.undo']()
    expect(line(studio)).toEqual(ids)
    expect(ids.map((id) => status(studio, id))).toEqual(['paused', 'paused'])
    await handlers['queue.redo']()
    expect(line(studio)).toEqual([replaced.id, second!.id])
    await handlers['queue.undo']()
    await handlers['queue.resume']({ runs: [first!.id] })
    expect((await endOf(studio, first!.id)).status).toBe('finished')
    expect(line(studio)).toEqual([second!.id])
  })

  it('pauses with what trains, and lets just that go on with it, as one action and across a restart', async () => {
    const home = newHome()
    const studio = await open(home)
    const { handlers } = studio
    const [first, second] = await add(studio, 2)
    await handlers['queue.pause']({ runs: [second!.id] })
    await eventOf(studio, 'run.metrics', () => true)
    const { hold } = await handlers['queue.hold']({ held: true, running: 'pause' })
    expect(hold).toMatchObject({ code: 'user', paused: [first!.id] })
    expect([status(studio, first!.id), studio.activeRuns()]).toEqual(['paused', 0])
    await handlers['queue.undo']()
    expect([handlers['queue.get']().settings.hold, status(studio, first!.id)]).toEqual([null, 'running'])
    await handlers['queue.redo']()
    expect(status(studio, first!.id)).toBe('paused')
    studios.pop()
    await studio.close()

    const again = await open(home)
    const goesOn = eventOf(again, 'run.changed', ({ id, status }) => id === first!.id && status === 'running')
    await again.handlers['queue.hold']({ held: false })
    await goesOn
    expect(again.handlers['queue.get']()).toMatchObject({ settings: { hold: null }, undo: { action: 'resumed' } })
    // Who was paused alone stays so.
    expect(status(again, second!.id)).toBe('paused')
  })

  it('trains as many at once as there are slots, and all or none of a matrix of seeds', async () => {
    const studio = await open(newHome())
    studio.handlers['queue.configure']({ slots: { cpu: 2 } })
    const runs = await studio.handlers['queue.add']({ specs: [longer], seeds: [1, 2, 3] })
    expect(runs.map(({ seed }) => seed)).toEqual([1, 2, 3])
    expect(studio.handlers['queue.get']().jobs.map(({ state }) => state)).toEqual(['running', 'running', 'waiting'])
    await expect(
      studio.handlers['queue.add']({ specs: [longer, { ...longer, network: { zoo: 'none' } }] }),
    ).rejects.toMatchObject({ code: 'unknown-network' })
    expect(studio.handlers['runs.list']()).toHaveLength(3)
  })

  it('lets a failed or stopped run go on where it was, and trains an experiment again', async () => {
    const studio = await open(newHome())
    const [run] = await add(studio, 1, {}, smallExperiment)
    await eventOf(studio, 'run.epoch', () => true)
    await studio.handlers['runs.stop']({ run: run!.id })
    await studio.handlers['queue.retry']({ runs: [run!.id] })
    expect((await endOf(studio, run!.id)).status).toBe('finished')
    expect(() => studio.handlers['queue.retry']({ runs: [run!.id] })).toThrow(
      expect.objectContaining({ code: 'run-state' }),
    )
    const [copy] = await studio.handlers['queue.duplicate']({ runs: [run!.id] })
    await endOf(studio, copy!.id)
    expect(resultOf(studio, copy!.id)).toEqual(resultOf(studio, run!.id))
  })
})

describe('a run that is changed while it trains', () => {
  it('goes on after a pause and a kill with the rate that was set, exactly as if nothing had interrupted it', async () => {
    const studio = await open(newHome())
    const { handlers } = studio
    const [run] = await add(studio, 1, {}, smallExperiment)
    const id = run!.id
    await eventOf(studio, 'run.epoch', () => true)
    const { step } = await handlers['queue.changeRate']({ run: id, learningRate: 0.005 })
    await handlers['queue.pause']({ runs: [id] })
    await handlers['queue.resume']({ runs: [id] })
    expect((await endOf(studio, id)).status).toBe('finished')
    const changes = handlers['queue.events']({ run: id }).filter(({ type }) => type === 'run.rateChanged')
    expect(changes.map(({ data }) => data)).toMatchObject([{ step, learningRate: 0.005 }])

    // The same change without an interruption: a run that begins with it in its log.
    await handlers['queue.hold']({ held: true })
    const [twin] = await add(studio, 1, {}, smallExperiment)
    const store = openStore(homes.at(-1)!)
    store.events.append(twin!.id, 'run.rateChanged', { step, epoch: 1, learningRate: 0.005 })
    store.close()
    await handlers['queue.hold']({ held: false })
    await endOf(studio, twin!.id)
    expect(resultOf(studio, id)).toEqual(resultOf(studio, twin!.id))
  })

  it('is changed in line, finishes early where that is asked for, and another experiment takes its place', async () => {
    const studio = await open(newHome())
    const { handlers } = studio
    await handlers['queue.hold']({ held: true })
    const [first, second] = await add(studio, 2)
    expect(await handlers['queue.changeRate']({ run: first!.id, learningRate: 0.001 })).toEqual({ step: 0 })
    await handlers['queue.edit']({ run: first!.id, stopAfterEpoch: 1 })
    const spec = { ...smallExperiment, name: 'in its place', train: { ...smallExperiment.train, epochs: 1 } }
    const replaced = await handlers['queue.replace']({ run: second!.id, spec })
    expect(line(studio)).toEqual([first!.id, replaced.id])
    await handlers['queue.undo']()
    expect(line(studio)).toEqual([first!.id, second!.id])
    await handlers['queue.redo']()
    await handlers['queue.hold']({ held: false })
    expect(await endOf(studio, first!.id)).toMatchObject({
      status: 'finished',
      endedEarly: 'user',
      lastEpoch: { epoch: 1 },
    })
    expect(await endOf(studio, replaced.id)).toMatchObject({
      status: 'finished',
      endedEarly: null,
      name: 'in its place',
    })
    await expect(handlers['queue.changeRate']({ run: first!.id, learningRate: 1 })).rejects.toMatchObject({
      code: 'run-state',
    })
  })
})

describe('a pinned checkpoint', () => {
  it('outlives those that come after it, until it is let go', async () => {
    const studio = await open(newHome())
    const { handlers } = studio
    const spec = { ...smallExperiment, train: { ...smallExperiment.train, epochs: 6 } }
    const [run] = await add(studio, 1, { pauseAfterEpoch: 1 }, spec)
    const id = run!.id
    await eventOf(studio, 'run.changed', ({ status }) => status === 'paused')
    const [{ step } = { step: 0 }] = handlers['runs.get']({ run: id }).checkpoints
    handlers['queue.pinCheckpoint']({ run: id, step, pinned: true })
    expect(() => handlers['queue.pinCheckpoint']({ run: id, step: 999, pinned: true })).toThrow(
      expect.objectContaining({ code: 'file-not-found' }),
    )
    await handlers['queue.resume']({ runs: [id] })
    await endOf(studio, id)
    const kept = handlers['runs.get']({ run: id }).checkpoints
    expect(kept.find((checkpoint) => checkpoint.step === step)).toMatchObject({ pinned: true })
    // The newest two, the best, and the pinned one.
    expect(kept.length).toBeLessThanOrEqual(4)
    handlers['queue.pinCheckpoint']({ run: id, step, pinned: false })
    expect(handlers['runs.get']({ run: id }).checkpoints.some(({ pinned }) => pinned)).toBe(false)
    expect(handlers['queue.events']({ run: id }).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['run.pinned', 'run.unpinned']),
    )
  })
})
