/**
 * Starts waiting jobs when they may run and there is room, and asks those that train for a checkpoint and a pause before a time window closes.
 * It asks again and again whether now is inside of a window, so a clock that jumps and a machine that slept change nothing.
 */
import { anyGpu, processorDevice } from '../../../experiments/engines/device-request.ts'
import { StudioError, toErrorRecord } from '../../../experiments/errors/studio-error.ts'
import { windowState } from '../../../experiments/queue/night-windows.ts'
import { closingMarginMs, type QueueSettings } from '../../../experiments/queue/queue-settings.ts'
import type { DevicePlace } from '../../engines/survey/find-devices.ts'
import type { Job } from '../../store/job-table.ts'
import type { Store } from '../../store/open-store.ts'
import { isBusy } from '../../store/store-errors.ts'
import { retryMs } from '../active-run.ts'
import type { Clock } from '../clock.ts'
import type { DeviceHealth } from '../device-health.ts'
import { durationEstimator } from '../expected-duration.ts'
import { fallBack, mayFallBack } from '../fall-back.ts'
import { stopGraceMs } from '../follow-wishes.ts'
import type { RunRecorder } from '../run-recorder.ts'
import type { RunningJobs } from '../running-jobs.ts'
import type { StoredSettings } from '../stored-settings.ts'
import type { GraphicsCards } from './graphics-cards.ts'
import { lackOfMemory, type FreeMemoryOf } from './memory-room.ts'
import { isFull, pickNextJob, type DeviceRoom, type PassedOver } from './pick-next-job.ts'

export interface JobStarterParts {
  readonly store: Store
  readonly settings: StoredSettings
  readonly running: RunningJobs
  readonly recorder: RunRecorder
  readonly health: DeviceHealth
  readonly cards: GraphicsCards
  readonly freeMemory: FreeMemoryOf
  readonly clock: Clock
  readonly changed: (runs: readonly number[]) => void
}

/** The longest time until the plan is looked at again: clocks jump, and machines sleep. */
const tickMs = 30_000

export class JobStarter {
  private readonly parts: JobStarterParts
  private retry: NodeJS.Timeout | undefined
  private cancelTick: (() => void) | undefined
  private isClosed = false

  constructor(parts: JobStarterParts) {
    this.parts = parts
  }

  /** Whether jobs may run now, and when that changes by itself. */
  windowState(): { open: boolean; changesAt: number | null } {
    return windowState(this.parts.settings.current.windows, this.parts.clock.now())
  }

  /** Looks at the plan: starts and pauses what is due, and comes again when something will be. */
  tick(): void {
    this.cancelTick?.()
    if (this.isClosed) return
    const { clock, running } = this.parts
    const { open, changesAt } = this.windowState()
    const untilClose = open && changesAt !== null ? changesAt - closingMarginMs - clock.now() : Number.POSITIVE_INFINITY
    if (!open || untilClose <= 0) {
      void running.stopAll(stopGraceMs, 'the night is over; it goes on in the next time window')
    } else this.startNext()
    const next = open ? untilClose : (changesAt ?? Number.POSITIVE_INFINITY) - clock.now()
    this.cancelTick = clock.later(Math.max(1, Math.min(next > 0 ? next : tickMs, tickMs)), () => this.tick())
  }

  /** Starts all that may run now. A locked database delays it. */
  startNext(): void {
    clearTimeout(this.retry)
    if (this.isClosed) return
    try {
      while (this.claimNext());
    } catch (fault) {
      if (!isBusy(fault)) throw fault
      this.retry = setTimeout(() => this.startNext(), retryMs)
    }
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.retry)
    this.cancelTick?.()
  }

  private claimNext(): boolean {
    const { store, settings } = this.parts
    const { hold, order } = settings.current
    if (hold !== null || !this.mayRunNow()) return false
    const room = this.room()
    if (isFull(store.jobs.devicesWaitedFor(), room)) return false
    const { next, place, passedOver } = pickNextJob(this.inLine(order), room)
    // Whoever is given to the processor gets its turn in the next look at the line.
    if (passedOver.map((passed) => this.passOver(passed)).some(Boolean)) return true
    if (next === undefined || place === undefined) return false
    this.claim(next.run, place)
    return true
  }

  private room(): DeviceRoom {
    const { store, settings, running, health, cards, freeMemory } = this.parts
    const needs = running.memoryNeeds()
    return {
      running: running.jobs(),
      slots: settings.current.slots,
      sharedBy: (run) => store.sweeps.parallelOf(run),
      cards: cards.any,
      setAside: (device) => health.setAside(device),
      placesFor: (job) => this.placesFor(job),
      memoryLack: (job, device) => lackOfMemory(job, device, needs, freeMemory),
    }
  }

  /** A device that is named is taken at its word, unless the processor may take its place. */
  private placesFor({ run, device }: Job): readonly DevicePlace[] | undefined {
    const { store, cards } = this.parts
    const asNamed = device !== anyGpu && (device === processorDevice || !mayFallBack(store, run))
    if (asNamed) return [{ engine: store.runs.get(run).engine, device }]
    return cards.find(device, store.runs.experiment(run).spec.engine)
  }

  /** Says why a job waits, or what becomes of it without its device; returns whether the line has changed. */
  private passOver({ job, reason, isLost }: PassedOver): boolean {
    const { store, recorder, health, cards, changed } = this.parts
    const { run, device } = job
    const isAbsent = isLost && !health.reasons.includes(reason)
    const why = isAbsent ? `${reason}: ${cards.inWords}` : reason
    if (isLost && mayFallBack(store, run)) {
      fallBack(store, run, { device, reason: why })
      recorder.announce(run)
    } else if (isAbsent) {
      recorder.failed(run, new StudioError('engine-unavailable', why, { device }).toRecord())
    } else {
      if (job.reason !== reason) {
        store.jobs.change(run, { reason })
        changed([run])
      }
      return false
    }
    changed([run])
    return true
  }

  private mayRunNow(): boolean {
    const { open, changesAt } = this.windowState()
    return open && (changesAt === null || changesAt - this.parts.clock.now() > closingMarginMs)
  }

  private inLine(order: QueueSettings['order']): Job[] {
    const line = this.parts.store.jobs.ready()
    if (order === 'manual') return line
    const estimate = durationEstimator(this.parts.store)
    const seconds = (job: Job): number => estimate(job)?.seconds ?? Number.MAX_VALUE
    return line.toSorted((a, b) => b.priority - a.priority || seconds(a) - seconds(b))
  }

  private claim(run: number, place: DevicePlace): void {
    const { store, running, recorder, changed } = this.parts
    store.transaction(() => {
      store.jobs.claim(run)
      store.runs.change(run, { status: 'running', engine: place.engine }, 'run.claimed', { device: place.device })
    })
    try {
      running.launch(run, place)
      recorder.announce(run)
    } catch (fault) {
      recorder.failed(run, toErrorRecord(fault))
    }
    changed([run])
  }
}
