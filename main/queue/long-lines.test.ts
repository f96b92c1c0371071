/** Actions on more jobs than follow their wishes in one turn of the service. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore } from '../store/open-store.ts'
import { openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { replayWishes } from './queue-journal.ts'

const count = 600
const runs = Array.from({ length: count }, (_, index) => index + 1)

let home: string
let studio: Studio
beforeEach(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-long-'))
  studio = await openTestStudio(home)
  await studio.handlers['queue.hold']({ held: true })
  await studio.handlers['queue.add']({ specs: [smallExperiment], seeds: runs })
})
afterEach(async () => {
  await studio.close()
  // Whatever was done: the log alone gives the wishes that the table holds.
  const store = openStore(home)
  const replayed = replayWishes(store)
  const jobs = store.jobs.inState('waiting', 'paused', 'done')
  expect(jobs.map(({ run, intent, position }) => ({ run, intent, position }))).toEqual(
    jobs.map(({ run }) => ({ run, intent: replayed.get(run)?.intent, position: replayed.get(run)?.position })),
  )
  store.close()
  fs.rmSync(home, { recursive: true })
})

const states = (): Set<string> => new Set(studio.handlers['queue.get']().jobs.map(({ state }) => state))
const statuses = (): Set<string> => new Set(studio.handlers['runs.list']().map(({ status }) => status))
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('are queued in turns, all or none, while the service answers', async () => {
  await studio.handlers['queue.undo']()
  const told: number[][] = []
  studio.onEvent((event, payload) => {
    if (event === 'runs.changed' && 'runs' in payload) told.push(payload.runs.map((run) => (run as { id: number }).id))
  })
  // Each its own experiment, for half of the seeds: four of them and the seeds are a matrix.
  const specs = [0.01, 0.02, 0.03, 0.04].map((learningRate, index) => {
    const train = { ...smallExperiment.train, learningRate }
    return { ...smallExperiment, name: `rate ${index}`, train }
  })
  const seeds = runs.slice(0, count / 2)
  let turns = 0
  let isDone = false
  const countTurns = (): void => {
    turns++
    if (!isDone) setImmediate(countTurns)
  }
  setImmediate(countTurns)
  const added = await studio.handlers['queue.add']({ specs, seeds, job: { priority: 2 } })
  isDone = true
  expect(turns).toBeGreaterThan(4)
  expect(added.map(({ name, seed }) => [name, seed])).toEqual(
    specs.flatMap(({ name }) => seeds.map((seed) => [name, seed])),
  )
  expect(told.flat()).toEqual(added.map(({ id }) => id))
  const jobs = studio.handlers['queue.get']().jobs
  expect(jobs.map(({ run, priority }) => [run, priority])).toEqual(added.map(({ id }) => [id, 2]))
  const detail = studio.handlers['runs.get']({ run: added.at(-1)?.id ?? 0 })
  expect(detail.spec).toMatchObject({ name: 'rate 3', seed: seeds.at(-1), train: { learningRate: 0.04 } })
  await studio.handlers['queue.undo']()
  expect(studio.handlers['runs.list']()).toEqual([])

  // One wrong among many: nothing is queued.
  const wrong = { ...smallExperiment, train: { ...smallExperiment.train, batchSize: 5000 } }
  await expect(studio.handlers['queue.add']({ specs: [...specs, wrong], seeds })).rejects.toThrow(/train\.batchSize/)
  const many = {
    specs: Array<unknown>(101).fill(smallExperiment),
    seeds: Array.from({ length: 1000 }, (_, seed) => seed),
  }
  await expect(studio.handlers['queue.add'](many)).rejects.toMatchObject({ code: 'out-of-range' })
  expect(studio.handlers['runs.list']()).toEqual([])
})

it('have queued nothing where the service ends while they are written down', async () => {
  await studio.handlers['queue.undo']()
  const adding = studio.handlers['queue.add']({ specs: [{ ...smallExperiment, name: 'later' }], seeds: runs })
  await aTurn()
  await studio.close()
  await expect(adding).rejects.toThrow()
  studio = await openTestStudio(home)
  expect(studio.handlers['runs.list']()).toEqual([])
})

it('are one thing to take back, and the service answers while they go on', async () => {
  const told: number[][] = []
  studio.onEvent((event, payload) => {
    if (event === 'runs.changed' && 'runs' in payload) told.push(payload.runs.map((run) => (run as { id: number }).id))
  })
  const paused = studio.handlers['queue.pause']({ runs })
  await aTurn()
  await aTurn()
  expect(states()).toEqual(new Set(['waiting', 'paused']))
  await paused
  expect(states()).toEqual(new Set(['paused']))
  expect(statuses()).toEqual(new Set(['paused']))
  expect(told.flat()).toEqual(runs)
  expect(told.length).toBeLessThan(10)

  await studio.handlers['queue.undo']()
  expect(states()).toEqual(new Set(['waiting']))
  await studio.handlers['queue.prioritise']({ runs: runs.toReversed(), priority: 3 })
  expect(studio.handlers['queue.get']().jobs.map(({ run }) => run)).toEqual(runs.toReversed())
  await studio.handlers['queue.cancel']({ runs })
  expect(studio.handlers['queue.get']().jobs).toEqual([])
  expect(statuses()).toEqual(new Set(['stopped']))
  await studio.handlers['queue.undo']()
  await studio.handlers['queue.undo']()
  expect(studio.handlers['queue.get']().jobs.map(({ run }) => run)).toEqual(runs)
  expect(statuses()).toEqual(new Set(['queued']))
  // Their being queued at all.
  await studio.handlers['queue.undo']()
  expect(studio.handlers['runs.list']()).toEqual([])
  await studio.handlers['queue.redo']()
  expect(studio.handlers['queue.get']().jobs.map(({ run }) => run)).toEqual(runs)
})

it('can be taken back while they go on', async () => {
  const paused = studio.handlers['queue.pause']({ runs })
  await aTurn()
  await aTurn()
  const undone = studio.handlers['queue.undo']()
  await Promise.all([paused, undone])
  expect(states()).toEqual(new Set(['waiting']))
  expect(statuses()).toEqual(new Set(['queued']))
})

it('are finished by the next service where one ends half way', async () => {
  void studio.handlers['queue.pause']({ runs })
  await aTurn()
  await aTurn()
  await studio.close()
  studio = await openTestStudio(home)
  await expect.poll(states).toEqual(new Set(['paused']))
  expect(statuses()).toEqual(new Set(['paused']))
})
