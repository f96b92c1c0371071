import { describe, expect, it } from 'vitest'
import type { Job } from '../../store/job-table.ts'
import { isFull, pickNextJob, type DeviceRoom } from './pick-next-job.ts'

const job = (run: number, device = 'cpu', slots = 1) => ({ run, device, slots }) as Job
const room = (change: Partial<DeviceRoom> = {}): DeviceRoom => {
  return { running: [], slots: {}, setAside: () => undefined, ...change }
}
const next = (line: readonly Job[], change: Partial<DeviceRoom> = {}) => pickNextJob(line, room(change)).next?.run

describe('the next job', () => {
  it('is the first in line whose device has room', () => {
    expect(next([])).toBeUndefined()
    expect(next([job(1), job(2)])).toBe(1)
    expect(next([job(1), job(2, 'webgpu')], { running: [job(9)] })).toBe(2)
    expect(next([job(1)], { running: [job(9)], slots: { cpu: 2 } })).toBe(1)
  })

  it('that is too big for now holds up those behind it on its device only', () => {
    const line = [job(1, 'cpu', 2), job(2), job(3, 'webgpu')]
    expect(next(line, { running: [job(9)], slots: { cpu: 2 } })).toBe(3)
    // One that needs more than its device has takes all of it.
    expect(next([job(1, 'cpu', 8)], { slots: { cpu: 2 } })).toBe(1)
  })

  it('passes over devices that are set aside, with the reason', () => {
    const setAside = (device: string) => (device === 'webgpu' ? 'it fails' : undefined)
    const { next, passedOver } = pickNextJob([job(1, 'webgpu'), job(2)], room({ setAside }))
    expect(next?.run).toBe(2)
    expect(passedOver.map(({ job, reason }) => [job.run, reason])).toEqual([[1, 'it fails']])
  })
})

it('a device is full by what runs on it, whatever runs elsewhere', () => {
  expect(isFull(['cpu'], room({ running: [job(1)] }))).toBe(true)
  expect(isFull(['webgpu'], room({ running: [job(1)] }))).toBe(false)
  expect(isFull(['cpu', 'webgpu'], room({ running: [job(1)] }))).toBe(false)
  expect(isFull(['cpu'], room({ running: [job(1)], slots: { cpu: 2 } }))).toBe(false)
  expect(isFull([], room())).toBe(true)
})
