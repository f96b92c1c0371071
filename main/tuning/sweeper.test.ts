/** Sweeps of real trainings: rungs pause and promote, a service that comes back goes on, bad ones say what is wrong. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sweepAnswers } from '../../experiments/tuning/answers/sweep-answers.ts'
import type { SweepSpecInput } from '../../experiments/tuning/sweep-spec.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { replayWishes } from '../queue/queue-journal.ts'
import { openStore } from '../store/open-store.ts'
import type { Studio } from '../studio.ts'
import { endOf, eventOf, openTestStudio } from '../studio.fixture.ts'

vi.setConfig({ testTimeout: 240_000 })

const spec: SweepSpecInput = {
  version: 1,
  name: 'rates',
  experiment: {
    version: 1,
    network: { zoo: 'lenet5' },
    data: { dataset: 'shapes', limit: 160, validation: 0.2 },
    train: { epochs: 4, batchSize: 32, learningRate: 0.02 },
    seed: 3,
  },
  space: [
    { name: 'rate', path: 'train.learningRate', range: [0.001, 0.3], scale: 'log' },
    { name: 'kernel', path: 'network.nodes.conv1.params.kernel', values: [3, 5] },
  ],
  search: { type: 'tpe', startup: 3 },
  fidelity: { type: 'asha', minEpochs: 1, reduction: 2 },
  budget: { trials: 4 },
}

const homes: string[] = []
let home: string
let studio: Studio

async function newHome(): Promise<string> {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-sweep-'))
  homes.push(made)
  await openDataset('shapes', { home: made })
  return made
}

beforeAll(async () => {
  home = await newHome()
  studio = await openTestStudio(home)
}, 120_000)
afterAll(async () => {
  await studio.close()
  for (const made of homes) fs.rmSync(made, { recursive: true })
})

const stateOf = (of: Studio, sweep: number) => of.handlers['sweeps.get']({ sweep })
async function ended(of: Studio, sweep: number) {
  const isOver = () => stateOf(of, sweep).state !== 'running'
  if (!isOver()) await eventOf(of, 'sweep.changed', ({ id, state }) => id === sweep && state !== 'running')
  return stateOf(of, sweep)
}
/** Everything that a sweep decides and measures, without times and numbers of runs. */
const essence = (of: Studio, sweep: number) =>
  stateOf(of, sweep).trials.map(({ number, configuration, state, target, curve }) => ({
    ...{ number, configuration, state, target, accuracy: curve.accuracy, loss: curve.loss },
  }))

describe('a sweep', () => {
  it('trains, pauses at rungs, promotes, and is the same after its service ended in the middle', async () => {
    const { id } = await studio.handlers['sweeps.create']({ spec })
    const whole = await ended(studio, id)
    expect(whole).toMatchObject({ state: 'done', counts: { running: 0, waiting: 0 }, spent: { trials: 4 } })
    expect(whole.trials.some(({ state }) => state === 'complete')).toBe(true)
    expect(whole.trials.some(({ state }) => state === 'rung')).toBe(true)
    expect(whole.spent.epochs).toBe(whole.trials.reduce((sum, { curve }) => sum + curve.accuracy.length, 0))
    expect(whole.decisions.map(({ type }) => type)).toEqual(expect.arrayContaining(['started', 'promoted', 'done']))
    expect(sweepAnswers(whole).best?.trial).toBe(whole.best?.trial)
    // A sweep's doings are nothing that a user could take back, and still all in the log.
    expect(studio.handlers['queue.get']().undo).toBeNull()

    const other = await newHome()
    let second = await openTestStudio(other)
    const again = await second.handlers['sweeps.create']({ spec })
    await eventOf(second, 'run.epoch', () => true)
    await second.close()
    second = await openTestStudio(other)
    await eventOf(second, 'sweep.changed', ({ counts }) => counts.rung >= 1 && counts.rung + counts.complete >= 2)
    await second.close()
    second = await openTestStudio(other)
    await ended(second, again.id)
    expect(essence(second, again.id)).toEqual(essence(studio, id))
    await second.close()
    const store = openStore(other)
    for (const [run, wish] of replayWishes(store)) expect(store.jobs.get(run)).toMatchObject(wish)
    store.close()
  })

  it('pauses, is edited and extended, and trains failed trials again, only those', async () => {
    const { id } = await studio.handlers['sweeps.create']({
      spec: { ...spec, fidelity: { type: 'none' }, budget: { trials: 2 }, search: { type: 'random' } },
    })
    await eventOf(studio, 'run.epoch', () => true)
    await studio.handlers['sweeps.pause']({ sweep: id })
    expect(stateOf(studio, id)).toMatchObject({ state: 'paused', counts: { held: 1, running: 0 } })
    expect(studio.activeRuns()).toBe(0)
    const narrow = { ...spec.space[0], scale: 'log', range: [0.01, 0.02], apply: 'set', integer: false, points: 5 }
    await studio.handlers['sweeps.edit']({ sweep: id, change: { space: [narrow as never] } })
    studio.handlers['sweeps.resume']({ sweep: id })
    const done = await ended(studio, id)
    expect(done).toMatchObject({ state: 'done', counts: { complete: 2 } })
    expect(Object.keys(done.trials[1]?.configuration ?? {})).toEqual(['rate'])
    expect(() => studio.handlers['sweeps.retryFailed']({ sweep: id })).toThrow(/no trial of sweep/)
    studio.handlers['sweeps.extend']({ sweep: id, trials: 1 })
    const more = await ended(studio, id)
    expect(more.counts.complete).toBe(3)
    expect(more.trials.slice(0, 2)).toEqual(done.trials)
  })

  it('counts variants that cannot be trained, and branches the best to full length', async () => {
    const space = [{ name: 'kernel', path: 'network.nodes.conv1.params.kernel', values: [3, 40] }]
    const { id } = await studio.handlers['sweeps.create']({
      spec: { ...spec, space, search: { type: 'grid' }, fidelity: { type: 'none' }, fullEpochs: 5 },
    })
    const end = await ended(studio, id)
    expect(end).toMatchObject({
      state: 'done',
      counts: { complete: 1, impossible: 1 },
      spent: { trials: 1, epochs: 4 },
    })
    expect(end.trials[1]?.error).toMatchObject({ code: 'shape-mismatch' })
    const branch = await studio.handlers['sweeps.branch']({ sweep: id, trial: 0 })
    expect(branch).toMatchObject({ name: 'rates #0, 5 epochs', review: { parent: { epoch: 4 } } })
    expect(await endOf(studio, branch.id)).toMatchObject({ status: 'finished', progress: { epoch: 5 } })
    const large = { ...spec, memoryLimit: 1000, budget: { trials: 1 } }
    const over = await studio.handlers['sweeps.create']({ spec: large })
    expect(await ended(studio, over.id)).toMatchObject({ state: 'failed', problem: { code: 'no-variant-fits' } })
  })

  it('trains two trials at a time in one slot of the queue, each with its part of the cores', async () => {
    const { id } = await studio.handlers['sweeps.create']({
      spec: { ...spec, fidelity: { type: 'none' }, search: { type: 'random' }, budget: { trials: 2 }, parallel: 2 },
    })
    const { spans, trials } = await ended(studio, id)
    expect(spans).toHaveLength(2)
    expect(spans[1]!.from).toBeLessThan(spans[0]!.to!)
    for (const { run } of trials) {
      const { environment } = studio.handlers['runs.get']({ run: run! })
      expect(environment?.threads).toBe(Math.max(1, Math.floor(os.availableParallelism() / 2)))
    }
  })

  it('hands the weights of layers in front of the first difference on', async () => {
    const space = [{ name: 'units', path: 'network.nodes.dense2.params.units', values: [84, 40] }]
    const { id } = await studio.handlers['sweeps.create']({
      spec: { ...spec, space, search: { type: 'grid' }, fidelity: { type: 'none' }, inheritWeights: true },
    })
    const [first, second] = (await ended(studio, id)).trials
    expect(first?.inheritedRun).toBeNull()
    expect(second?.inheritedRun).toBe(first?.run)
    const { spec: trained } = studio.handlers['runs.get']({ run: second?.run ?? 0 })
    expect(trained.start?.layers).toEqual(['conv1', 'conv2', 'dense1'])
  })

  it('says all that is wrong before it begins', async () => {
    const create = (change: Partial<SweepSpecInput>) =>
      studio.handlers['sweeps.create']({ spec: { ...spec, ...change } })
    await expect(create({ space: [] })).rejects.toMatchObject({ code: 'missing-value' })
    await expect(create({ experiment: { ...spec.experiment, train: {} } })).rejects.toThrow(/experiment: train/)
    await expect(create({ budget: { epochs: 3 }, fidelity: { type: 'none' } })).rejects.toThrow(
      /the epochs of one trial/,
    )
    await expect(create({ experiment: { ...spec.experiment, data: { dataset: 'shape' } } })).rejects.toMatchObject({
      code: 'unknown-dataset',
    })
    expect(() => studio.handlers['sweeps.get']({ sweep: 999 })).toThrow(/no sweep has the number 999/)
  })
})
