import { describe, expect, it } from 'vitest'
import { planNight, type JobToPlan } from './plan-night.ts'
import type { QueueSettings } from './queue-settings.ts'

const hour = 3_600_000
/** Monday, 2 November 2026, 20:00 on the wall. */
const evening = new Date(2026, 10, 2, 20).getTime()
const nights = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' }

function plan(jobs: readonly Partial<JobToPlan>[], settings: Partial<QueueSettings> = {}) {
  const line = jobs.map((job, index): JobToPlan => {
    return { run: index + 1, state: 'waiting', device: 'cpu', slots: 1, seconds: 3600, ...job }
  })
  return planNight(line, { windows: [], slots: {}, deadline: null, ...settings }, evening)
}

const hours = (at: number | undefined): number => ((at ?? NaN) - evening) / hour

describe('the plan of a night', () => {
  it('runs one after the other where there is one slot, side by side where there are more', () => {
    const one = plan([{}, {}, {}])
    expect([1, 2, 3].map((run) => hours(one.jobs.get(run)?.end))).toEqual([1, 2, 3])
    const two = plan([{}, {}, {}], { slots: { cpu: 2 } })
    expect([1, 2, 3].map((run) => hours(two.jobs.get(run)?.end))).toEqual([1, 1, 2])
    expect([1, 2, 3].map((run) => two.jobs.get(run)?.lane)).toEqual([0, 1, 0])
    expect(hours(two.end ?? undefined)).toBe(2)
  })

  it('keeps devices apart, lets running jobs go first, and nobody overtakes one that is too big', () => {
    const apart = plan([{}, { device: 'webgpu' }, { state: 'running', seconds: 1800 }])
    expect([1, 2, 3].map((run) => hours(apart.jobs.get(run)?.start))).toEqual([0.5, 0, 0])
    const big = plan([{ state: 'running' }, { slots: 2 }, { seconds: 60 }], { slots: { cpu: 2 } })
    expect(hours(big.jobs.get(2)?.start)).toBe(1)
    expect(hours(big.jobs.get(3)?.start)).toBe(2)
  })

  it('gives jobs for any graphics card to the one that is free first, or to one of their own where none is known', () => {
    const training = { state: 'running', seconds: 7200 } as const
    const line = [{ ...training, device: 'cuda:0' }, { ...training, device: 'cuda:1', seconds: 3600 }, {}]
    const told = plan([...line, { device: 'gpu' }, { device: 'gpu' }, { device: 'gpu' }])
    expect([4, 5, 6].map((run) => told.jobs.get(run)?.device)).toEqual(['cuda:1', 'cuda:0', 'cuda:1'])
    expect([4, 5, 6].map((run) => hours(told.jobs.get(run)?.start))).toEqual([1, 2, 2])
    const unknown = plan([{}, { device: 'gpu' }, { device: 'gpu' }])
    expect([2, 3].map((run) => [unknown.jobs.get(run)?.device, hours(unknown.jobs.get(run)?.start)])).toEqual([
      ['gpu', 0],
      ['gpu', 1],
    ])
  })

  it('pauses before a window closes and goes on in the next', () => {
    const long = plan([{ seconds: 10 * 3600 }], { windows: [nights] }).jobs.get(1)
    expect(long?.stretches.map(({ start, end }) => [hours(start), hours(end)])).toEqual([
      [2, 10 - 1 / 60],
      [26, 28 + 1 / 60],
    ])
  })

  it('looks further ahead than a week, and says what never ends', () => {
    const weekend = { days: [7], from: '00:00', to: '01:00' }
    expect(hours(plan([{ seconds: 5 * 3500 }], { windows: [weekend] }).end ?? undefined)).toBeGreaterThan(4 * 7 * 24)
    const endless = plan([{ seconds: 1e9 }], { windows: [weekend] })
    expect([endless.end, endless.unplanned]).toEqual([null, [1]])
  })

  it('names what is late and what nothing is known of', () => {
    const told = plan([{}, { seconds: null }, {}], { deadline: evening + 1.5 * hour })
    expect(told.late).toEqual([3])
    expect(told.unplanned).toEqual([2])
  })

  it('plans ten thousand jobs in the time of a frame or a few', () => {
    const many = Array.from({ length: 10_000 }, () => ({ seconds: 777.7 }))
    const told = plan(many, { windows: [nights], slots: { cpu: 2 } })
    expect(told.jobs.size).toBe(10_000)
    expect(told.unplanned).toEqual([])
  })
})
