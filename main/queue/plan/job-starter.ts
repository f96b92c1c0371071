/**
 * Starts waiting jobs when they may run and there is room, and asks those that train for a checkpoint and a pause before a time window closes.
 * It asks again and again whether now is inside of a window, so a clock that jumps and a machine that slept change nothing.
 */
import { toErrorRecord } from '../../../experiments/errors/studio-error.ts'
import { windowState } from '../../../experiments/queue/night-windows.ts'
import { closingMarginMs, type QueueSettings } from '../../../experiments/queue/queue-settings.ts'
import type { Job } from '../../store/job-table.ts'
import type { Store } from '../../store/open-store.ts'
import { isBusy } from '../../store/store-errors.ts'
import { retryMs } from '../active-run.ts'
import type { Clock } from '../clock.ts'
import type { DeviceHealth } from '../device-health.ts'
import { durationEstimator } from '../expected-duration.ts'
import { stopGraceMs } from '../follow-wishes.ts'
import type { RunRecorder } from '../run-recorder.ts'
import type { RunningJobs } from '../running-jobs.ts'
import type { StoredSettings } from '../stored-settings.ts'
import { isFull, pickNextJob, type DeviceRoom } from './pick-next-job.ts'

export interface JobStarterParts {
  readonly store: Store
  readonly settings: StoredSettings
  readonly running: RunningJobs
  readonly recorder: RunRecorder
  readonly health: DeviceHealth
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
    const { store, settings, running, health, changed } = this.parts
    const { hold, slots, order } = settings.current
    if (hold !== null || !this.mayRunNow()) return false
    const room: DeviceRoom = { running: running.jobs(), slots, setAside: (device) => health.setAside(device) }
    if (isFull(store.jobs.devicesWaitedFor(), room)) return false
    const { next, passedOver } = pickNextJob(this.inLine(order), room)
    for (const { job, reason } of passedOver) {
      if (job.reason === reason) continue
      store.jobs.change(job.run, { reason })
      changed([job.run])
    }
    if (next === undefined) return false
    this.claim(next.run)
    return true
  }

  private mayRunNow(): boolean {
    const { open, changesAt } = this.windowState()
    return open && (changesAt === null || changesAt - this.parts.clock.now() > closingMarginMs)
  }

  private inLine(order: QueueSettings['order']): Job[] {
    const line = this.parts.store.jobs.inState('waiting')
    if (order === 'manual') return line
    const estimate = durationEstimator(this.parts.store)
    const seconds = (job: Job): number => estimate(job)?.seconds ?? Number.MAX_VALUE
    return line.toSorted((a, b) => b.priority - a.priority || seconds(a) - seconds(b))
  }

  private claim(run: number): void {
    const { store, running, recorder, changed } = this.parts
    store.transaction(() => {
      store.jobs.claim(run)
      store.runs.change(run, { status: 'running' }, 'run.claimed')
    })
    try {
      running.launch(run)
      recorder.announce(run)
    } catch (fault) {
      recorder.failed(run, toErrorRecord(fault))
    }
    changed([run])
  }
}
