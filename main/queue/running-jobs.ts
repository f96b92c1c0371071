/** The processes that train now: started, listened to, and how each ended written down. */
import os from 'node:os'
import { assertNever, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import { processorDevice } from '../../experiments/engines/device-request.ts'
import { smallerMicroBatch } from '../../experiments/spec/micro-batch.ts'
import type { DevicePlace } from '../engines/survey/find-devices.ts'
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'
import { ActiveRun } from './active-run.ts'
import type { Clock } from './clock.ts'
import { isDeviceFault, type DeviceHealth } from './device-health.ts'
import { fallBack, mayFallBack } from './fall-back.ts'
import type { MemoryNeed } from './plan/memory-room.ts'
import type { RunFolders } from './run-folders.ts'
import { trainerCrashed, type RunRecorder } from './run-recorder.ts'
import { settleRun } from './settle-run.ts'
import type { StoredSettings } from './stored-settings.ts'
import type { StudioEmitter } from './studio-events.ts'
import type { TrainerEnd } from './trainer-child.ts'
import type { ProcessCommand } from '../processes/process-command.ts'

export interface RunningJobsParts {
  readonly store: Store
  readonly recorder: RunRecorder
  readonly settings: StoredSettings
  readonly health: DeviceHealth
  readonly clock: Clock
  readonly folders: RunFolders
  readonly trainer: ProcessCommand
  readonly describe: (job: Job, place: DevicePlace) => TrainerJob
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

  /** What they have of the memory of their devices. How much of a card's memory a process holds is not known: all of it once it trains. */
  memoryNeeds(): MemoryNeed[] {
    return [...this.active.values()].map(({ job: { device, memoryBytes }, usage }) => {
      const taken = usage && device === processorDevice ? usage.memoryBytes : undefined
      return { device, memoryBytes, takenBytes: taken ?? (usage ? (memoryBytes ?? 0) : 0) }
    })
  }

  /** As they were when they started, on the devices that they were given. */
  jobs(): Job[] {
    return [...this.active.values()].map(({ job }) => job)
  }

  /** Starts the process of a claimed run. Throws what keeps it from beginning. */
  launch(run: number, place: DevicePlace): void {
    const { store, trainer, folders, clock, describe } = this.parts
    const queued = store.jobs.get(run)
    if (queued === undefined) throw new Error(`run ${run} was claimed without a job`)
    const job = { ...queued, device: place.device }
    const message = describe(job, place)
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
        recorder.paused([run], `epoch ${store.runs.get(run).lastEpoch?.epoch ?? 0} is finished`)
        break
      default:
        assertNever(message)
    }
    active.isRecorded = true
  }

  /** No space for a checkpoint is no fault of the run: the queue waits, and it goes on from the checkpoint before. */
  private recordFailure(active: ActiveRun, error: ErrorRecord): void {
    const { health, recorder, settings, clock, changed } = this.parts
    const { run, job } = active
    if (error.code === 'out-of-memory' && this.retryWithLess(run, error.message)) return
    health.failed(job.device, error)
    if (this.goOnWithProcessor(active, error)) return
    if (error.code !== 'disk-full') return recorder.failed(run, error)
    const hold = { code: 'disk-full', message: error.message, since: clock.now(), paused: [] } as const
    settings.write({ ...settings.current, hold })
    this.settle(run, error.message)
    changed([run])
  }

  /** From its last checkpoint, where its experiment says so: false where it does not, or the fault is not the device's. */
  private goOnWithProcessor({ run, job: { device } }: ActiveRun, error: ErrorRecord): boolean {
    const { store, changed } = this.parts
    if (device === processorDevice || !isDeviceFault(error.code) || !mayFallBack(store, run)) return false
    fallBack(store, run, { device, reason: error.message })
    this.settle(run, `${device} was lost, and it goes on with the processor: ${error.message}`)
    changed([run])
    return true
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
          if (!this.goOnWithProcessor(active, crashRecord(end))) recorder.failed(active.run, crashRecord(end))
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
