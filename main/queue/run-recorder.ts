/**
 * Writes what a trainer reports into the store and tells the listeners. Order matters for a kill at any moment: a metric is stored before
 * the checkpoint that includes it, a checkpoint's file is whole before its row, and a file is removed after its row.
 */
import path from 'node:path'
import { StudioError, type ErrorRecord, type JsonObject } from '../../experiments/errors/studio-error.ts'
import type { RunStatus, RunSummary } from '../../experiments/runs/run-record.ts'
import type { CheckpointReference } from '../checkpoints/checkpoint-file.ts'
import type { RateChange } from '../../experiments/schedules/learning-rate.ts'
import { checkpointsToRemove } from '../checkpoints/retention.ts'
import type { FileOperations } from '../files/file-operations.ts'
import type { Store } from '../store/open-store.ts'
import type { RunChange } from '../store/run-table.ts'
import type { FromTrainer, TrainerProgress } from '../trainer/trainer-protocol.ts'
import { rateChangedEvent } from './rate-changes.ts'
import type { StudioEmitter } from './studio-events.ts'

/** A few hundred kilobytes. */
const runsAMessage = 500

type Told<Type extends FromTrainer['type']> = Extract<FromTrainer, { type: Type }>

export class RunRecorder {
  /** Told when a run is at its very first step, and of each checkpoint that was written. */
  onBegin: ((run: number) => void) | undefined
  onCheckpoint: ((run: number, checkpoint: CheckpointReference & { readonly epoch: number }) => void) | undefined
  private readonly store: Store
  private readonly files: FileOperations
  private readonly emit: StudioEmitter
  private readonly checkpointFolder: (run: number) => string
  private readonly left: (run: number) => void
  /** Where running trainings stand between two epochs; the store knows it only at their ends. */
  private readonly live = new Map<number, TrainerProgress>()
  /** Runs that changed within a transaction that is not written yet. */
  private untold: { readonly changed: Set<number>; readonly removed: Set<number> } | undefined

  constructor(parts: {
    readonly store: Store
    readonly files: FileOperations
    readonly emit: StudioEmitter
    readonly checkpointFolder: (run: number) => string
    /** A run has no process any more. */
    readonly left: (run: number) => void
  }) {
    this.store = parts.store
    this.files = parts.files
    this.emit = parts.emit
    this.checkpointFolder = parts.checkpointFolder
    this.left = parts.left
  }

  /** A stored run with its progress of this moment. */
  withProgress(run: RunSummary): RunSummary {
    const live = this.live.get(run.id)
    return live === undefined ? run : { ...run, progress: { ...run.progress, ...live } }
  }

  /** Does several things in one transaction. Listeners hear of each run that changed once, when it is written. */
  together<Result>(body: () => Result): Result {
    // Metrics have a connection of their own, which could not write while this one does.
    this.store.metrics.flush()
    const { changed, removed } = (this.untold = { changed: new Set(), removed: new Set() })
    try {
      return this.store.transaction(body)
    } finally {
      this.untold = undefined
      this.announceAll([...changed])
      for (const run of removed) this.removed(run)
    }
  }

  /** Tells the listeners that a run is hidden. */
  removed(run: number): void {
    if (this.untold) this.untold.removed.add(run)
    else this.emit('run.removed', { run })
  }

  /** Tells the listeners that a run changed. */
  announce(run: number): void {
    this.announceAll([run])
  }

  /** Tells the listeners that runs changed: some hundred are one message. */
  announceAll(runs: readonly number[]): void {
    if (this.untold) {
      for (const run of runs) this.untold.changed.add(run)
      return
    }
    const [first, ...others] = runs
    if (first === undefined) return
    if (others.length === 0) return this.tell([this.store.runs.get(first, 'allow')])
    for (let from = 0; from < runs.length; from += runsAMessage) {
      this.tell(this.store.runs.getAll(runs.slice(from, from + runsAMessage)))
    }
  }

  /** Tells the listeners of runs as they were just read, in one message. */
  tell(runs: readonly RunSummary[]): void {
    const now = runs.map((run) => this.withProgress(run))
    const [first, ...others] = now
    if (first === undefined) return
    if (others.length === 0) this.emit('run.changed', first)
    else this.emit('runs.changed', { runs: now })
  }

  started(run: number, message: Told<'started'>): void {
    const { position, environment, continuedFrom, rejected } = message
    const isFirst = this.store.runs.get(run).startedAt === null
    this.store.metrics.rewind(run, position.step)
    const stale = this.store.checkpoints.list(run).filter(({ step }) => step > position.step)
    this.store.transaction(() => {
      this.store.runs.rewind(run, position)
      this.store.layerStatistics.rewind(run, position.step)
      this.store.checkpoints.remove(stale.map(({ id }) => id))
      const change = { environment, ...(isFirst ? { startedAt: Date.now() } : {}) }
      this.store.runs.change(run, change, continuedFrom === null ? 'run.started' : 'run.continued', {
        step: position.step,
        continuedFrom,
        rejected: rejected.map(({ file, error }): JsonObject => ({ file, code: error.code, message: error.message })),
      })
    })
    for (const { file } of stale) this.files.remove(path.join(this.checkpointFolder(run), file))
    this.announce(run)
    if (position.step === 0) this.onBegin?.(run)
  }

  metrics(run: number, message: Told<'metrics'>): void {
    this.live.set(run, message.progress)
    this.store.metrics.append(run, message.points)
    this.emit('run.metrics', { run, points: message.points })
    this.announce(run)
  }

  /** Before anything that was trained with it is recorded, so a resumed run changes its rate at the same step. */
  rateChanged(run: number, change: RateChange & { readonly epoch: number }): void {
    this.store.metrics.flush()
    const { step, epoch, learningRate } = change
    this.store.events.append(run, rateChangedEvent, { step, epoch, learningRate })
    this.announce(run)
  }

  epoch(run: number, message: Told<'epoch'>): void {
    this.store.metrics.flush()
    this.store.runs.addEpoch(run, message.result, message.best)
    this.emit('run.epoch', { run, result: message.result })
    this.announce(run)
  }

  checkpoint(run: number, message: Told<'checkpoint'>): void {
    const { type: _, ...checkpoint } = message
    this.store.metrics.flush()
    const removed = this.store.transaction(() => {
      this.store.checkpoints.add(run, checkpoint)
      const superfluous = checkpointsToRemove(this.store.checkpoints.list(run))
      this.store.checkpoints.remove(superfluous.map(({ id }) => id))
      return superfluous
    })
    for (const { file } of removed) this.files.remove(path.join(this.checkpointFolder(run), file))
    this.onCheckpoint?.(run, checkpoint)
  }

  finished(run: number, message: Told<'finished'>): void {
    const { test, weightsSha256, endedEarly } = message
    const measured = test === null ? {} : { test }
    this.end([run], { status: 'finished', ...measured, weightsSha256, endedEarly }, 'run.finished', { endedEarly })
  }

  stopped(runs: readonly number[]): void {
    this.end(runs, { status: 'stopped' }, 'run.stopped')
  }

  failed(run: number, error: ErrorRecord): void {
    this.end([run], { status: 'failed', error }, 'run.failed', { error: { ...error } })
  }

  /** Back to the head of the queue, to continue from its last checkpoint. */
  putBack(run: number, reason: string): void {
    this.leave([run], { status: 'queued' }, 'run.requeued', { reason }, () => this.store.jobs.putBack(run, reason))
  }

  /** Without a process, until somebody resumes them from their last checkpoints. */
  paused(runs: readonly number[], reason: string | null): void {
    this.leave(runs, { status: 'paused' }, 'run.paused', { reason }, () => this.store.jobs.pause(runs, reason))
  }

  private leave(runs: readonly number[], change: RunChange, event: string, data: JsonObject, follow: () => void): void {
    if (runs.length === 0) return
    this.store.metrics.flush()
    this.store.transaction(() => {
      for (const run of runs) {
        const progress = this.live.get(run)
        if (progress !== undefined) this.store.runs.setProgress(run, progress)
      }
      this.store.runs.changeAll(runs, change, event, data)
      follow()
      // What the queue does by itself is in its log too: see `replayWishes`.
      const jobs = this.store.jobs.getAll(runs)
      const settled = jobs.map(({ run, intent, position }) => ({ run, wish: { intent, position } }))
      this.store.events.appendAll(settled.map((data) => ({ run: null, type: 'queue.settled', data })))
    })
    for (const run of runs) this.live.delete(run)
    // Who does several things together tells of all of them.
    if (!this.untold) for (const run of runs) this.left(run)
    this.announceAll(runs)
  }

  private end(
    runs: readonly number[],
    change: RunChange & { readonly status: RunStatus },
    event: string,
    data: JsonObject = {},
  ): void {
    this.leave(runs, { ...change, endedAt: Date.now() }, event, data, () => this.store.jobs.finish(runs))
  }
}

/** The error of a run whose trainer ended without a last word. */
export function trainerCrashed(reason: string, details: JsonObject): ErrorRecord {
  return new StudioError(
    'trainer-crashed',
    `the training process ended without a result: ${reason}`,
    details,
  ).toRecord()
}
