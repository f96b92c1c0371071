/**
 * Which waiting job starts next, and where: the first in line for which a device has room. One that needs more room than is free holds up those
 * behind it on its devices, so that a big job is not overtaken for ever by small ones.
 */
import { anyGpu } from '../../../experiments/engines/device-request.ts'
import type { DevicePlace } from '../../engines/survey/find-devices.ts'
import type { Job } from '../../store/job-table.ts'

export interface DeviceRoom {
  /** Jobs that train now, on the devices that they were given. */
  readonly running: readonly Pick<Job, 'run' | 'device' | 'slots'>[]
  /** How many slots each device has; one that is not named has one. */
  readonly slots: Readonly<Record<string, number>>
  /** How many jobs share the slots that one of them asks for: the trials of a sweep that train at the same time. */
  readonly sharedBy: (run: number) => number
  /** Why nothing is started on a device for now; undefined for one in use. */
  readonly setAside: (device: string) => string | undefined
  /** Where a job could train, the preferred first: undefined while that is looked at. */
  readonly placesFor: (job: Job) => readonly DevicePlace[] | undefined
  /** Why a job must wait for memory on a device; undefined where there is enough. */
  readonly memoryLack: (job: Job, device: string) => string | undefined
  /** Devices that a job for any graphics card could be given. */
  readonly cards: readonly string[]
}

/** Why a job waits that would have come before the picked one. */
export interface PassedOver {
  readonly job: Job
  readonly reason: string
  /** Its device is absent or set aside: time alone will not help. */
  readonly isLost: boolean
}

export interface PickedJob {
  readonly next: Job | undefined
  /** Where it trains; present with `next`. */
  readonly place: DevicePlace | undefined
  readonly passedOver: readonly PassedOver[]
}

/** Three thirds of a slot add up to a little less or more than one. */
const roundingError = 1e-9

export const lookingForCards = 'graphics cards are being looked for'
export const noCard = 'no device that it could train on is here'

export function pickNextJob(line: readonly Job[], room: DeviceRoom): PickedJob {
  const free = freeSlots(room)
  const passedOver: PassedOver[] = []
  const totalOf = (device: string): number => room.slots[device] ?? 1
  const leftOf = (device: string): number => free.get(device) ?? totalOf(device)
  const fits = (job: Job, device: string): boolean => {
    const left = leftOf(device)
    return left > roundingError && left + roundingError >= Math.min(roomOf(job, room), totalOf(device))
  }
  for (const job of line) {
    // Most of a long line waits for a device that is busy: nothing more needs to be asked of the store for it.
    if (job.device !== anyGpu && room.setAside(job.device) === undefined && !fits(job, job.device)) {
      free.set(job.device, 0)
      continue
    }
    const places = room.placesFor(job)
    if (places === undefined) {
      passedOver.push({ job, reason: lookingForCards, isLost: false })
      continue
    }
    const usable = places.filter(({ device }) => room.setAside(device) === undefined)
    if (usable.length === 0) {
      const [first] = places
      passedOver.push({ job, reason: (first && room.setAside(first.device)) ?? noCard, isLost: true })
      continue
    }
    const ready = usable.filter(({ device }) => fits(job, device))
    if (ready.length === 0) {
      for (const { device } of usable) free.set(device, 0)
      continue
    }
    const lacks = ready.map(({ device }) => room.memoryLack(job, device))
    const place = ready[lacks.indexOf(undefined)]
    if (place) return { next: job, place, passedOver }
    passedOver.push({ job, reason: lacks[0] ?? '', isLost: false })
    // What trains there will end and make room; where nothing does, the memory is somebody else's, and smaller jobs may pass.
    for (const { device } of ready) if (room.running.some((other) => other.device === device)) free.set(device, 0)
  }
  return { next: undefined, place: undefined, passedOver }
}

/** Whether none of these devices has room. With 10,000 jobs the line is long: its devices say first whether it needs a look. */
export function isFull(
  devices: readonly string[],
  room: Pick<DeviceRoom, 'running' | 'slots' | 'sharedBy' | 'cards'>,
): boolean {
  const free = freeSlots(room)
  const isDeviceFull = (device: string): boolean => (free.get(device) ?? 1) <= roundingError
  return devices.every((device) => {
    if (device !== anyGpu) return isDeviceFull(device)
    return room.cards.length > 0 && room.cards.every(isDeviceFull)
  })
}

/** Of the devices that run something. */
function freeSlots(room: Pick<DeviceRoom, 'running' | 'slots' | 'sharedBy'>): Map<string, number> {
  const free = new Map<string, number>()
  for (const job of room.running) {
    free.set(job.device, (free.get(job.device) ?? room.slots[job.device] ?? 1) - roomOf(job, room))
  }
  return free
}

/** In slots; a part of one where several jobs share it. */
function roomOf({ run, slots }: Pick<Job, 'run' | 'slots'>, { sharedBy }: Pick<DeviceRoom, 'sharedBy'>): number {
  return slots / sharedBy(run)
}
