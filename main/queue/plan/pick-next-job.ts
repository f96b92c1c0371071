/**
 * Which waiting job starts next: the first in line whose device has room. One that needs more room than is free holds up those behind it on its
 * device, so that a big job is not overtaken for ever by small ones.
 */
import type { Job } from '../../store/job-table.ts'

export interface DeviceRoom {
  /** Jobs that train now. */
  readonly running: readonly Pick<Job, 'device' | 'slots'>[]
  /** How many slots each device has; one that is not named has one. */
  readonly slots: Readonly<Record<string, number>>
  /** Why nothing is started on a device for now; undefined for one in use. */
  readonly setAside: (device: string) => string | undefined
}

export interface PickedJob {
  readonly next: Job | undefined
  /** Jobs that would have come before it, each with why it waits. */
  readonly passedOver: readonly { readonly job: Job; readonly reason: string }[]
}

export function pickNextJob(line: readonly Job[], room: DeviceRoom): PickedJob {
  const free = freeSlots(room)
  const passedOver: { job: Job; reason: string }[] = []
  for (const job of line) {
    const reason = room.setAside(job.device)
    if (reason !== undefined) {
      passedOver.push({ job, reason })
      continue
    }
    const total = room.slots[job.device] ?? 1
    const left = free.get(job.device) ?? total
    if (left >= Math.min(job.slots, total)) return { next: job, passedOver }
    free.set(job.device, 0)
  }
  return { next: undefined, passedOver }
}

/** Whether none of these devices has room. With 10,000 jobs the line is long: its devices say first whether it needs a look. */
export function isFull(devices: readonly string[], room: DeviceRoom): boolean {
  const free = freeSlots(room)
  return devices.every((device) => (free.get(device) ?? 1) <= 0)
}

/** Of the devices that run something. */
function freeSlots({ running, slots }: DeviceRoom): Map<string, number> {
  const free = new Map<string, number>()
  for (const job of running) free.set(job.device, (free.get(job.device) ?? slots[job.device] ?? 1) - job.slots)
  return free
}
