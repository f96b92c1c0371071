/**
 * Which waiting job starts next, and where: the first in line for which a device has room. One that needs more room than is free holds up those
 * behind it on its devices, so that a big job is not overtaken for ever by small ones.
 */
import { anyGpu } from '../../../experiments/engines/device-request.ts'
import type { DevicePlace } from '../../engines/survey/find-devices.ts'
import type { Job } from '../../store/job-table.ts'

export interface DeviceRoom {
  /** Jobs that train now, on the devices that they were given. */
  readonly running: readonly Pick<Job, 'device' | 'slots'>[]
  /** How many slots each device has; one that is not named has one. */
  readonly slots: Readonly<Record<string, number>>
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

export const lookingForCards = 'graphics cards are being looked for'
export const noCard = 'no device that it could train on is here'

export function pickNextJob(line: readonly Job[], room: DeviceRoom): PickedJob {
  const free = freeSlots(room)
  const passedOver: PassedOver[] = []
  const totalOf = (device: string): number => room.slots[device] ?? 1
  const leftOf = (device: string): number => free.get(device) ?? totalOf(device)
  for (const job of line) {
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
    const ready = usable.filter(({ device }) => leftOf(device) >= Math.min(job.slots, totalOf(device)))
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
export function isFull(devices: readonly string[], room: Pick<DeviceRoom, 'running' | 'slots' | 'cards'>): boolean {
  const free = freeSlots(room)
  const isDeviceFull = (device: string): boolean => (free.get(device) ?? 1) <= 0
  return devices.every((device) => {
    if (device !== anyGpu) return isDeviceFull(device)
    return room.cards.length > 0 && room.cards.every(isDeviceFull)
  })
}

/** Of the devices that run something. */
function freeSlots({ running, slots }: Pick<DeviceRoom, 'running' | 'slots'>): Map<string, number> {
  const free = new Map<string, number>()
  for (const job of running) free.set(job.device, (free.get(job.device) ?? slots[job.device] ?? 1) - job.slots)
  return free
}
