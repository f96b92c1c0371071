/** The processes that train now: started, listened to, and how each ended written down. */
import os from 'node:os'
import { assertNever, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import { smallerMicroBatch } from '../../experiments/spec/micro-batch.ts'
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'
import { ActiveRun } from './active-run.ts'
import type { Clock } from './clock.ts'
import type { DeviceHealth } from './device-health.ts'
import type { RunFolders } from './run-folders.ts'
import { trainerCrashed, type RunRecorder } from './run-recorder.ts'
import { settleRun } from './settle-run.ts'
import type { StoredSettings } from './stored-settings.ts'
import type { StudioEmitter } from './studio-events.ts'
import type { TrainerCommand, TrainerEnd } from './trainer-child.ts'

export interface RunningJobsParts {
  readonly store: Store
  readonly recorder: RunRecorder
  readonly settings: StoredSettings
  readonly health: DeviceHealth
  readonly clock: Clock
  readonly folders: RunFolders
  readonly trainer: TrainerCommand
  readonly describe: (job: Job) => TrainerJob
  readonly emit: StudioEmitter
  readonly changed: (runs: readonly number[]) => void
  /** One more process trains. */
  readonly launched: () => void
  /** The process of a run is gone, its end is in the store and its room free. */
  readonly left: (run: number) => void
  /** Called with what could not be recorded anywhere else. */
  readonly onFault: (fault: unknown, run: number) => void
}

/** A process that the system kills while it holds so much of the memory has run out of it. */
const memoryShareOfKilled = 0.6

export class RunningJobs {
  private readonly parts: RunningJobsParts
  private readonly active = new Map<number, ActiveRun>()

  constructor(parts: RunningJobsParts) {
    this.parts = parts
  }

  get size(): number {
    return this.active.size
  }

  get(run: number): ActiveRun | undefined {
    return this.active.get(run)
  }

  /** As they were when they started. */
  jobs(): Job[] {
    return [...this.active.values()].map(({ job }) => job)
  }

  /** Starts the process of a claimed run. Throws what keeps it from beginning. */
  launch(run: number): void {
    const { store, trainer, folders, clock, describe } = this.parts
    const job = store.jobs.get(run)
    if (job === undefined) throw new Error(`run ${run} was claimed without a job`)
    const message = describe(job)
    const active = new ActiveRun(job, trainer, folders.logFile(run), clock.now(), {
      message: (sender, told) => this.record(sender, told),
      ended: (sender, end) => this.ended(sender, end),
      failed: (sender, fault) => this.giveUp(sender, fault),
    })
    this.active.set(run, active)
    this.parts.launched()
    active.send({ type: 'train', job: message })
  }

  /** Asks all for a checkpoint and their end; resolves when they are gone. */
  async stopAll(graceMs: number, reason: string): Promise<void> {
    const stop = (active: ActiveRun) => (active.isStopping ? active.gone : active.stop(graceMs, reason))
    await Promise.all([...this.active.values()].map(stop))
  }

  private record(active: ActiveRun, message: FromTrainer): void {
    const { recorder, health, emit, changed, store } = this.parts
    const { run } = active
    if (active.isRecorded) return
    switch (message.type) {
      case 'usage': {
        const { type: _, ...usage } = message
        active.usage = usage
        return emit('queue.usage', { run, ...usage })
      }
      case 'started':
        return recorder.started(run, message)
      case 'metrics':
        return recorder.metrics(run, message)
      case 'rateChanged':
        recorder.rateChanged(run, message)
        active.rateHeard(message.step)
        return changed([run])
      case 'epoch':
        health.worked(active.job.device)
        return recorder.epoch(run, message)
      case 'checkpoint':
        return recorder.checkpoint(run, message)
      case 'finished':
        recorder.finished(run, message)
        break
      case 'failed':
        this.recordFailure(active, message.error)
        break
      case 'stopped':
        this.settle(run, active.stopReason ?? 'it was asked to stop')
        break
      case 'paused':
        recorder.paused(run, `epoch ${store.runs.get(run).lastEpoch?.epoch ?? 0} is finished`)
        break
      default:
        assertNever(message)
    }
    active.isRecorded = true
  }

  /** No space for a checkpoint is no fault of the run: the queue waits, and it goes on from the checkpoint before. */
  private recordFailure({ run, job }: ActiveRun, error: ErrorRecord): void {
    const { health, recorder, settings, clock, changed } = this.parts
    if (error.code === 'out-of-memory' && this.retryWithLess(run, error.message)) return
    health.failed(job.device, error)
    if (error.code !== 'disk-full') return recorder.failed(run, error)
    const hold = { code: 'disk-full', message: error.message, since: clock.now() } as const
    settings.write({ ...settings.current, hold })
    this.settle(run, error.message)
    changed([run])
  }

  /** The same batch in parts of half the size: false where a single example was too much. */
  private retryWithLess(run: number, reason: string): boolean {
    const { store, recorder, changed } = this.parts
    const { batchSize, microBatch: written } = store.runs.experiment(run).spec.train
    const microBatch = smallerMicroBatch(batchSize, store.jobs.get(run)?.microBatch ?? written ?? batchSize)
    if (microBatch === undefined) return false
    const { step } = recorder.withProgress(store.runs.get(run)).progress
    store.transaction(() => {
      store.jobs.change(run, { microBatch })
      store.events.append(run, 'run.outOfMemory', { microBatch, batchSize, step, reason })
    })
    this.settle(run, `memory ran out; it goes on with parts of ${microBatch} of the batch of ${batchSize}`)
    changed([run])
    return true
  }

  private ended(active: ActiveRun, end: TrainerEnd): void {
    const { health, recorder } = this.parts
    if (!active.isRecorded) {
      const tookAll = (active.usage?.memoryBytes ?? 0) > memoryShareOfKilled * os.totalmem()
      const ranOut = end.signal === 'SIGKILL' && tookAll && !active.isStopping
      if (!ranOut || !this.retryWithLess(active.run, end.reason)) {
        if (active.isStopping) this.settle(active.run, active.stopReason ?? 'it was asked to stop')
        else {
          health.failed(active.job.device, crashRecord(end))
          recorder.failed(active.run, crashRecord(end))
        }
      }
      active.isRecorded = true
    }
    this.leave(active)
  }

  private leave(active: ActiveRun): void {
    if (this.active.get(active.run) !== active) return
    this.active.delete(active.run)
    active.leave()
    this.parts.left(active.run)
  }

  private giveUp(active: ActiveRun, fault: unknown): void {
    const { recorder, onFault } = this.parts
    onFault(fault, active.run)
    if (!active.isRecorded) {
      active.isRecorded = true
      try {
        recorder.failed(active.run, toErrorRecord(fault))
      } catch (second) {
        // The run stays `running` in the store; the next start of the service takes it up again.
        onFault(second, active.run)
      }
    }
    if (active.hasEnded) this.leave(active)
  }

  private settle(run: number, reason: string): void {
    settleRun(this.parts.store, this.parts.recorder, run, reason)
  }
}

function crashRecord(end: TrainerEnd): ErrorRecord {
  const { reason, exitCode, signal, tail } = end
  return trainerCrashed(reason, { exitCode, signal, log: tail })
}
