/**
 * Whole nights with real trainings on a clock that the test moves: jobs start when a window opens, are gone with a checkpoint before it closes, and
 * go on in the next, also where the clocks change, the machine sleeps, or somebody sets the time.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { openDataset } from '../datasets/open-dataset.ts'
import { endOf, eventOf, openTestStudio } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { ObservedFaults } from './reliability-table.fixture.ts'

vi.setConfig({ testTimeout: 120_000 })
const faults = new ObservedFaults('main/queue/night.test.ts')

const zone = process.env['TZ']
let prepared: string
let studio: Studio | undefined
beforeAll(async () => {
  process.env['TZ'] = 'Europe/Berlin'
  prepared = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-night-'))
  await openDataset('shapes', { home: prepared })
}, 120_000)
afterEach(() => studio?.close())
afterAll(() => {
  fs.rmSync(prepared, { recursive: true })
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

/** 6 steps an epoch, more epochs than any night has. */
const endless = {
  ...{ version: 1, name: 'night', network: { zoo: 'lenet5' }, seed: 4 },
  data: { dataset: 'shapes', limit: 220, validation: 0.1 },
  train: { epochs: 5000, batchSize: 33, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.01 },
}
const everyDay = [1, 2, 3, 4, 5, 6, 7]

async function openNight(start: string, window: { readonly from: string; readonly to: string }) {
  const clock = new FakeClock(start)
  const home = fs.mkdtempSync(path.join(prepared, 'home-'))
  fs.cpSync(path.join(prepared, 'cache'), path.join(home, 'cache'), { recursive: true })
  const opened = (studio = await openTestStudio(home, { clock }))
  const { handlers } = opened
  handlers['queue.configure']({ windows: [{ days: everyDay, ...window }] })
  return {
    ...{ clock, handlers },
    add: async (count: number) =>
      (await handlers['queue.add']({ specs: Array.from({ length: count }, () => endless) })).map(({ id }) => id),
    /** Its next epoch, from now on. */
    epochOf: (run: number) => eventOf(opened, 'run.epoch', (epoch) => epoch.run === run),
    becomes: (run: number, status: string) =>
      eventOf(opened, 'run.changed', (changed) => changed.id === run && changed.status === status),
    ends: (run: number) => endOf(opened, run),
    status: (run: number) => handlers['runs.get']({ run }).status,
    trained: (run: number) => trained(opened, run),
    events: (run: number) => handlers['queue.events']({ run }).map(({ type }) => type),
  }
}

function trained(opened: Studio, run: number) {
  const { epochs, weightsSha256 } = opened.handlers['runs.get']({ run })
  const loss = opened.handlers['runs.metrics']({ run }).find(({ split, name }) => split === 'train' && name === 'loss')
  return {
    ...{ weightsSha256, steps: loss?.steps, losses: loss?.values },
    epochs: epochs.map(({ epoch, train, validation }) => ({ epoch, train, validation })),
  }
}

it.each([
  {
    night: 'the night that loses an hour',
    window: { from: '22:00', to: '06:00' },
    evening: '2026-03-28T21:00+01:00',
    opens: '2026-03-28T22:00+01:00',
    // Seven hours later, not eight.
    closes: '2026-03-29T06:00+02:00',
    opensAgain: '2026-03-29T22:00+02:00',
  },
  {
    night: 'the night in which half past two comes twice',
    window: { from: '22:00', to: '02:30' },
    evening: '2026-10-24T21:00+02:00',
    opens: '2026-10-24T22:00+02:00',
    closes: '2026-10-25T02:30+02:00',
    opensAgain: '2026-10-25T22:00+01:00',
  },
])('$night: jobs start, pause and go on with the windows, neither twice nor never', async (night) => {
  const { evening, opens, closes, opensAgain, window } = night
  const { clock, add, handlers, status, epochOf, becomes, ends, trained, events } = await openNight(evening, window)
  const [first = 0, second = 0] = await add(2)
  clock.advanceTo(Date.parse(opens) - 1)
  expect([status(first), status(second)]).toEqual(['queued', 'queued'])

  const epoch = epochOf(first)
  clock.advanceTo(opens)
  expect([status(first), status(second)]).toEqual(['running', 'queued'])
  await epoch
  clock.advanceTo(Date.parse(closes) - 60_001)
  expect(status(first)).toBe('running')

  const back = becomes(first, 'queued')
  clock.advanceTo(Date.parse(closes) - 60_000)
  await back
  const { progress, checkpoints } = handlers['runs.get']({ run: first })
  expect(checkpoints[0]?.step).toBe(progress.step)
  expect(handlers['queue.get']().jobs[0]).toMatchObject({ run: first, state: 'waiting' })
  expect(handlers['queue.get']().jobs[0]?.reason).toContain('the night is over')
  clock.advanceTo(Date.parse(opensAgain) - 1)
  expect([status(first), status(second)]).toEqual(['queued', 'queued'])

  const goesOn = epochOf(first)
  clock.advanceTo(opensAgain)
  await goesOn
  await handlers['queue.edit']({ run: first, stopAfterEpoch: 'current' })
  const done = await ends(first)
  expect(done.status).toBe('finished')
  await handlers['queue.edit']({ run: second, stopAfterEpoch: done.lastEpoch?.epoch ?? 0 })
  expect((await ends(second)).status).toBe('finished')
  expect(events(first).filter((type) => type !== 'run.queued')).toEqual([
    'run.claimed',
    'run.started',
    'run.requeued',
    'run.claimed',
    'run.continued',
    'run.finished',
  ])
  expect(events(second).filter((type) => type === 'run.claimed')).toHaveLength(1)
  expect(trained(first)).toEqual(trained(second))
  faults.saw(
    `a time window closes in ${night.night}`,
    'with a run in training',
    'a checkpoint, and no process, before it closes; it goes on in the next one, once, with the losses of a run that was not interrupted',
  )
})

it('a machine that sleeps over the ends of a window, and a clock that is set back, change nothing but when', async () => {
  const window = { from: '22:00', to: '06:00' }
  const night = await openNight('2026-06-01T20:00+02:00', window)
  const { clock, add, status, epochOf, becomes, events } = night
  const [run = 0] = await add(1)
  const tick = 30_000

  let epoch = epochOf(run)
  clock.leapTo('2026-06-01T23:10+02:00')
  clock.advanceTo(clock.now() + tick)
  await epoch

  // Asleep until noon: the window is long over.
  let back = becomes(run, 'queued')
  clock.leapTo('2026-06-02T12:00+02:00')
  clock.advanceTo(clock.now() + tick)
  await back

  epoch = epochOf(run)
  clock.advanceTo('2026-06-02T22:30+02:00')
  await epoch
  back = becomes(run, 'queued')
  clock.leapTo('2026-06-02T21:30+02:00')
  clock.advanceTo(clock.now() + tick)
  await back
  clock.advanceTo('2026-06-02T21:59+02:00')
  expect(status(run)).toBe('queued')
  epoch = epochOf(run)
  clock.advanceTo('2026-06-02T22:00+02:00')
  await epoch
  expect(events(run).filter((type) => type === 'run.claimed' || type === 'run.requeued')).toEqual([
    ...['run.claimed', 'run.requeued', 'run.claimed', 'run.requeued', 'run.claimed'],
  ])
  faults.saw(
    'the machine sleeps, or its clock is set',
    'over the beginning or the end of a time window',
    'seen within half a minute; the run trains inside of its windows only and never twice',
  )
})

it('docs/reliability.md says what was observed', () => {
  const { written, observed } = faults.compare()
  expect(written).toBe(observed)
})
