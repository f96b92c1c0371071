import { describe, expect, it } from 'vitest'
import type { Job } from '../../store/job-table.ts'
import { isFull, lookingForCards, noCard, pickNextJob, type DeviceRoom } from './pick-next-job.ts'

const job = (run: number, device = 'cpu', slots = 1) => ({ run, device, slots }) as Job
const place = (device: string) => ({ engine: 'engine', device })
const room = (change: Partial<DeviceRoom> = {}): DeviceRoom => ({
  ...{ running: [], slots: {}, sharedBy: () => 1, cards: [], setAside: () => undefined, memoryLack: () => undefined },
  placesFor: ({ device }) => (device === 'gpu' ? (change.cards ?? []) : [device]).map(place),
  ...change,
})
const pick = (line: readonly Job[], change: Partial<DeviceRoom> = {}) => pickNextJob(line, room(change))
const next = (line: readonly Job[], change: Partial<DeviceRoom> = {}) => pick(line, change).next?.run
const reasons = (line: readonly Job[], change: Partial<DeviceRoom> = {}) =>
  pick(line, change).passedOver.map(({ job, reason, isLost }) => [job.run, reason, isLost])

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

  it('may share a slot with others of its sweep, and with nobody else', () => {
    const sharedBy = (run: number) => (run < 10 ? 3 : 1)
    expect(next([job(2)], { running: [job(1)], sharedBy })).toBe(2)
    expect(next([job(3)], { running: [job(1), job(2)], sharedBy })).toBe(3)
    expect(next([job(4)], { running: [job(1), job(2), job(3)], sharedBy })).toBeUndefined()
    expect(next([job(10)], { running: [job(1)], sharedBy })).toBeUndefined()
    expect(next([job(1)], { running: [job(10)], sharedBy })).toBeUndefined()
  })

  it('passes over devices that are set aside, with the reason', () => {
    const setAside = (device: string) => (device === 'webgpu' ? 'it fails' : undefined)
    const line = [job(1, 'webgpu'), job(2)]
    expect(next(line, { setAside })).toBe(2)
    expect(reasons(line, { setAside })).toEqual([[1, 'it fails', true]])
  })
})

describe('a job for any graphics card', () => {
  const cards = ['cuda:0', 'cuda:1']

  it('gets the first that is free and in use; two cards train two jobs', () => {
    const line = [job(1, 'gpu'), job(2, 'gpu')]
    expect(pick(line, { cards }).place).toEqual(place('cuda:0'))
    expect(pick(line, { cards, running: [job(9, 'cuda:0')] })).toMatchObject({
      next: { run: 1 },
      place: place('cuda:1'),
    })
    expect(next(line, { cards, running: [job(8, 'cuda:0'), job(9, 'cuda:1')] })).toBeUndefined()
    const setAside = (device: string) => (device === 'cuda:0' ? 'it fails' : undefined)
    expect(pick(line, { cards, setAside }).place).toEqual(place('cuda:1'))
  })

  it('waits while cards are looked for, is told when there is none or all are set aside, and holds up no other device', () => {
    const line = [job(1, 'gpu'), job(2)]
    const looking: Partial<DeviceRoom> = { placesFor: ({ device }) => (device === 'gpu' ? undefined : [place(device)]) }
    expect(next(line, looking)).toBe(2)
    expect(reasons(line, looking)).toEqual([[1, lookingForCards, false]])
    expect(reasons(line)).toEqual([[1, noCard, true]])
    expect(reasons(line, { cards, setAside: (device) => (device === 'cpu' ? undefined : `${device} fails`) })).toEqual([
      [1, 'cuda:0 fails', true],
    ])
  })
})

describe('a job that lacks memory', () => {
  const memoryLack = ({ run }: Job) => (run === 1 ? 'too little' : undefined)

  it('lets smaller ones pass when nothing that trains there will make room', () => {
    expect(next([job(1), job(2)], { memoryLack })).toBe(2)
    expect(reasons([job(1), job(2)], { memoryLack })).toEqual([[1, 'too little', false]])
  })

  it('holds them up when something will', () => {
    const busy = { memoryLack, running: [job(9)], slots: { cpu: 3 } }
    expect(next([job(1), job(2)], busy)).toBeUndefined()
    expect(next([job(1), job(2, 'webgpu')], busy)).toBe(2)
  })

  it('takes another card that has enough', () => {
    const lack = (_: Job, device: string) => (device === 'cuda:0' ? 'too little' : undefined)
    expect(pick([job(1, 'gpu')], { cards: ['cuda:0', 'cuda:1'], memoryLack: lack }).place).toEqual(place('cuda:1'))
  })
})

it('a device is full by what runs on it, whatever runs elsewhere', () => {
  expect(isFull(['cpu'], room({ running: [job(1)] }))).toBe(true)
  expect(isFull(['webgpu'], room({ running: [job(1)] }))).toBe(false)
  expect(isFull(['cpu', 'webgpu'], room({ running: [job(1)] }))).toBe(false)
  expect(isFull(['cpu'], room({ running: [job(1)], slots: { cpu: 2 } }))).toBe(false)
  expect(isFull([], room())).toBe(true)
  // Cards that nobody has looked for may have room.
  expect(isFull(['gpu'], room())).toBe(false)
  expect(isFull(['gpu'], room({ cards: ['webgpu'], running: [job(1, 'webgpu')] }))).toBe(true)
  expect(isFull(['gpu'], room({ cards: ['cuda:0', 'cuda:1'], running: [job(1, 'cuda:0')] }))).toBe(false)
})
