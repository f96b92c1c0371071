/**
 * When each job of the queue will run, as far as its duration is known: the line is followed as the queue follows it, one device at a time,
 * through the time windows. A job that needs more slots than are free holds up those behind it on its device, and one that a closing window
 * interrupts goes on in the next. A job for any graphics card goes to the one that is free first, of those that the line names.
 */
import { anyGpu, processorDevice } from '../engines/device-request.ts'
import { openStretches, type Stretch } from './night-windows.ts'
import { closingMarginMs, type QueueSettings } from './queue-settings.ts'

export interface JobToPlan {
  readonly run: number
  readonly state: 'waiting' | 'running'
  readonly device: string
  readonly slots: number
  /** What is left of it; null when nothing is known. */
  readonly seconds: number | null
}

export interface PlannedJob {
  readonly run: number
  readonly device: string
  /** Which of its device's slots it takes first, from 0. */
  readonly lane: number
  /** When it trains, in order. */
  readonly stretches: readonly Stretch[]
  readonly start: number
  readonly end: number
}

export interface NightPlan {
  /** The moment it was made for. */
  readonly now: number
  readonly jobs: ReadonlyMap<number, PlannedJob>
  /** When the last of them ends; null when there is none. */
  readonly end: number | null
  /** Jobs that end after the deadline. */
  readonly late: readonly number[]
  /** Jobs that cannot be planned: nothing is known of their duration, or the windows never open for long enough. */
  readonly unplanned: readonly number[]
}

type PlanSettings = Pick<QueueSettings, 'windows' | 'slots' | 'deadline'>

/** Farther than this nothing is planned. */
const horizonDays = 400

/** @param line running and waiting jobs, in the order in which they start */
export function planNight(line: readonly JobToPlan[], settings: PlanSettings, now: number): NightPlan {
  const time = new OpenTime(settings.windows, now)
  const devices = new Map<string, Device>()
  const jobs = new Map<number, PlannedJob>()
  const unplanned: number[] = []
  const runningFirst = [
    ...line.filter(({ state }) => state === 'running'),
    ...line.filter(({ state }) => state === 'waiting'),
  ]
  for (const job of runningFirst) {
    const id = job.device === anyGpu ? (firstFreeCard(devices) ?? anyGpu) : job.device
    const device = devices.get(id) ?? new Device(id, settings.slots[id] ?? 1, now)
    devices.set(id, device)
    const planned = job.seconds === null ? undefined : device.place(job, job.seconds, time)
    if (planned) jobs.set(job.run, planned)
    else unplanned.push(job.run)
  }
  const ends = [...jobs.values()].map(({ end }) => end)
  const { deadline } = settings
  return {
    now,
    jobs,
    end: ends.length === 0 ? null : ends.reduce((latest, end) => Math.max(latest, end)),
    late: deadline === null ? [] : [...jobs.values()].filter(({ end }) => end > deadline).map(({ run }) => run),
    unplanned,
  }
}

function firstFreeCard(devices: ReadonlyMap<string, Device>): string | undefined {
  const cards = [...devices.values()].filter(({ id }) => id !== processorDevice && id !== anyGpu)
  return cards.toSorted((a, b) => a.freeAt - b.freeAt)[0]?.id
}

/** The slots of one device, each with the time from which it is free. */
class Device {
  readonly id: string
  private readonly free: number[]
  /** Nobody overtakes: a job starts no earlier than the one before it. */
  private earliest: number

  constructor(id: string, slots: number, now: number) {
    this.id = id
    this.free = Array.from({ length: slots }, () => now)
    this.earliest = now
  }

  /** When its first slot is free. */
  get freeAt(): number {
    return Math.max(this.earliest, Math.min(...this.free))
  }

  place(job: JobToPlan, seconds: number, time: OpenTime): PlannedJob | undefined {
    const lanes = this.free
      .map((at, lane) => ({ at, lane }))
      .toSorted((a, b) => a.at - b.at || a.lane - b.lane)
      .slice(0, Math.min(job.slots, this.free.length))
    const from = Math.max(this.earliest, lanes.at(-1)?.at ?? this.earliest)
    const stretches = time.take(from, seconds * 1000)
    const [first] = stretches
    const last = stretches.at(-1)
    if (!first || !last) return undefined
    this.earliest = first.start
    for (const { lane } of lanes) this.free[lane] = last.end
    return {
      ...{ run: job.run, device: this.id, stretches, start: first.start, end: last.end },
      lane: lanes.reduce((lowest, { lane }) => Math.min(lowest, lane), Number.POSITIVE_INFINITY),
    }
  }
}

/** The hours in which jobs may train. */
class OpenTime {
  private readonly windows: PlanSettings['windows']
  private readonly now: number
  private days = 9
  private stretches: readonly Stretch[]

  constructor(windows: PlanSettings['windows'], now: number) {
    this.windows = windows
    this.now = now
    this.stretches = this.look()
  }

  /** The first `durationMs` of open time from `from` on; empty when they do not exist. */
  take(from: number, durationMs: number): Stretch[] {
    for (;;) {
      const taken = this.tryTake(from, durationMs)
      if (taken || this.days > horizonDays || this.windows.length === 0) return taken ?? []
      this.days *= 3
      this.stretches = this.look()
    }
  }

  private tryTake(from: number, durationMs: number): Stretch[] | undefined {
    const taken: Stretch[] = []
    let left = durationMs
    for (let index = this.firstAfter(from); index < this.stretches.length; index++) {
      const stretch = this.stretches[index] as Stretch
      const start = Math.max(from, stretch.start)
      const end = Math.min(stretch.end, start + left)
      taken.push({ start, end })
      // Compared, not subtracted: the end of an open stretch is as exact as its beginning, a difference is not.
      if (stretch.end >= start + left) return taken
      left -= end - start
    }
    return undefined
  }

  /** Index of the first stretch that ends after `at`. */
  private firstAfter(at: number): number {
    let low = 0
    let high = this.stretches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.stretches[middle] as Stretch).end <= at) low = middle + 1
      else high = middle
    }
    return low
  }

  private look(): readonly Stretch[] {
    if (this.windows.length === 0) return [{ start: this.now, end: Number.POSITIVE_INFINITY }]
    return openStretches(this.windows, this.now, this.days)
      .map(({ start, end }) => ({ start, end: end - closingMarginMs }))
      .filter(({ start, end }) => end > Math.max(start, this.now))
  }
}
