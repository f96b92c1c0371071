/**
 * Runs the queue: first in, first out, one trainer process at a time on the processor. The state is in the store; this object only holds
 * the processes that live now, so a service that was killed finds everything again when it starts.
 */
import path from 'node:path'
import { assertNever, StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { removeStrays } from '../checkpoints/retention.ts'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import type { Store } from '../store/open-store.ts'
import { isBusy } from '../store/store-errors.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'
import { RunRecorder, trainerCrashed } from './run-recorder.ts'
import type { StudioEmitter } from './studio-events.ts'
import { TrainerChild, type TrainerCommand, type TrainerEnd } from './trainer-child.ts'

export interface RunQueueOptions {
  readonly home: string
  readonly store: Store
  readonly trainer: TrainerCommand
  /** Which studio trains; recorded with each run. */
  readonly studio: TrainerJob['studio']
  readonly emit: StudioEmitter
  /** Called with what could not be recorded anywhere else. */
  readonly onFault: (fault: unknown, run: number) => void
  readonly files?: FileOperations
}

/** A run that keeps dying with the service is not started a fifth time on its own. */
const maxInterruptions = 3
/** How long a trainer may take from a stop request to its last message before it is killed. */
const stopGraceMs = 60_000
const closeGraceMs = 15_000
/** How long to wait for a locked database before trying again. */
const retryMs = 500

interface ActiveRun {
  readonly run: number
  readonly child: TrainerChild
  /** Resolves when the process is gone and its run recorded. */
  readonly gone: Promise<void>
  readonly resolveGone: () => void
  /** What is still to be recorded, in order. It waits while another program has the database locked. */
  readonly inbox: (() => void)[]
  retry?: NodeJS.Timeout | undefined
  /** Why it was asked to stop, if it was. */
  stopping?: 'user' | 'close'
  isRecorded: boolean
}

export class RunQueue {
  readonly recorder: RunRecorder
  private readonly options: RunQueueOptions
  private readonly store: Store
  private readonly files: FileOperations
  private active: ActiveRun | undefined
  private startRetry: NodeJS.Timeout | undefined
  private isClosing = false

  constructor(options: RunQueueOptions) {
    this.options = options
    this.store = options.store
    this.files = options.files ?? systemFiles
    const { store, emit } = options
    const checkpointFolder = (run: number) => this.checkpointFolder(run)
    this.recorder = new RunRecorder({ store, files: this.files, emit, checkpointFolder })
  }

  /** Takes up what a killed service left, and starts the first waiting run. */
  start(): void {
    for (const run of this.store.jobs.running().toReversed()) this.recover(run)
    this.startNext()
  }

  /**
   * Adds a run at the end of the queue.
   * @param parent the checkpoint of another run that it begins from
   */
  enqueue(run: NewRun, parent?: StoredParent): RunSummary {
    const id = this.store.transaction(() => {
      const added = this.store.runs.add(run)
      if (parent) this.store.reviews.setParent(added, parent)
      this.store.jobs.enqueue(added)
      return added
    })
    this.recorder.announce(id)
    this.startNext()
    return this.get(id)
  }

  get(run: number): RunSummary {
    return this.recorder.withProgress(this.store.runs.get(run))
  }

  /** Resolves when the run has stopped: at once for a waiting one, after its checkpoint for a running one. */
  async stop(run: number): Promise<RunSummary> {
    const { status } = this.store.runs.get(run)
    if (this.active?.run === run) {
      await this.askToStop(this.active, 'user', stopGraceMs)
    } else if (status === 'queued') {
      this.recorder.stopped(run)
    } else {
      throw new StudioError('run-state', `run ${run} is ${status}; only a queued or running one can be stopped`, {
        run,
        status,
      })
    }
    return this.get(run)
  }

  /** Runs that wait or train. */
  activeRuns(): number {
    return this.store.jobs.waiting().length + this.store.jobs.running().length
  }

  /** Ends the trainer with a checkpoint; its run goes back to the head of the queue. */
  async close(): Promise<void> {
    this.isClosing = true
    clearTimeout(this.startRetry)
    if (this.active !== undefined) await this.askToStop(this.active, 'close', closeGraceMs)
  }

  checkpointFolder(run: number): string {
    return path.join(this.options.home, 'checkpoints', `run-${run}`)
  }

  logFile(run: number): string {
    return path.join(this.options.home, 'logs', `run-${run}.log`)
  }

  private recover(run: number): void {
    const known = new Set(this.store.checkpoints.list(run).map(({ file }) => file))
    removeStrays(this.files, this.checkpointFolder(run), known)
    const interruptions = this.store.jobs.countInterruption(run)
    if (interruptions > maxInterruptions) {
      const reason = `the studio itself ended ${interruptions} times while this run trained, so it is not tried again`
      this.recorder.failed(run, trainerCrashed(reason, { interruptions }))
    } else {
      this.recorder.putBack(run, 'the studio ended while this run trained')
    }
  }

  private startNext(): void {
    clearTimeout(this.startRetry)
    if (this.active !== undefined || this.isClosing) return
    try {
      this.claimNext()
    } catch (fault) {
      if (!isBusy(fault)) throw fault
      this.startRetry = setTimeout(() => this.startNext(), retryMs)
    }
  }

  private claimNext(): void {
    const run = this.store.jobs.next()
    if (run === undefined) return
    this.store.transaction(() => {
      this.store.jobs.claim(run)
      this.store.runs.change(run, { status: 'running' }, 'run.claimed')
    })
    try {
      this.active = this.launch(run)
    } catch (fault) {
      this.recorder.failed(run, toErrorRecord(fault))
      this.startNext()
      return
    }
    this.recorder.announce(run)
  }

  private launch(run: number): ActiveRun {
    const job = this.jobOf(run)
    let resolveGone = (): void => undefined
    const gone = new Promise<void>((resolve) => (resolveGone = resolve))
    const child = new TrainerChild(this.options.trainer, this.logFile(run), `run ${run}`, {
      message: (message) => this.take(active, () => this.record(active, message)),
      garbled: (error) =>
        this.take(active, () => {
          throw error
        }),
      ended: (end) => this.take(active, () => this.ended(active, end)),
    })
    const active: ActiveRun = { run, child, gone, resolveGone, inbox: [], isRecorded: false }
    child.send({ type: 'train', job })
    return active
  }

  private jobOf(run: number): TrainerJob {
    const { spec, document, hash } = this.store.runs.experiment(run)
    return {
      run,
      home: this.options.home,
      spec,
      document,
      experiment: hash,
      engine: this.store.runs.get(run).engine,
      threads: this.threadsOf(run),
      studio: this.options.studio,
      checkpointFolder: this.checkpointFolder(run),
      checkpoints: this.store.checkpoints.list(run).map(({ file, sha256 }) => ({ file, sha256 })),
      branch: this.branchOf(run),
    }
  }

  /** A branch goes on with the threads of the run that it continues: they are part of what makes losses equal. */
  private threadsOf(run: number): number | null {
    const parent = this.store.reviews.parentOf(run)
    const own = this.store.runs.environment(run)?.threads
    return own ?? (parent ? (this.store.runs.environment(parent.run)?.threads ?? null) : null)
  }

  private branchOf(run: number): TrainerJob['branch'] {
    const parent = this.store.reviews.parentOf(run)
    if (!parent) return undefined
    const checkpoint = this.store.checkpoints.list(parent.run).find(({ step }) => step === parent.step)
    if (!checkpoint) {
      const message = `run ${run} begins from epoch ${parent.epoch} of run ${parent.run}, whose checkpoint is gone`
      throw new StudioError('file-not-found', message, { run, parent: parent.run })
    }
    const { file, sha256 } = checkpoint
    return { folder: this.checkpointFolder(parent.run), file, sha256, keepsSchedule: parent.keepsSchedule }
  }

  private record(active: ActiveRun, message: FromTrainer): void {
    const { run } = active
    if (active.isRecorded) return
    switch (message.type) {
      case 'started':
        return this.recorder.started(run, message)
      case 'metrics':
        return this.recorder.metrics(run, message)
      case 'epoch':
        return this.recorder.epoch(run, message)
      case 'checkpoint':
        return this.recorder.checkpoint(run, message)
      case 'finished':
        this.recorder.finished(run, message)
        break
      case 'failed':
        this.recorder.failed(run, message.error)
        break
      case 'stopped':
        if (active.stopping === 'close') this.recorder.putBack(run, 'the studio was closed')
        else this.recorder.stopped(run)
        break
      default:
        assertNever(message)
    }
    active.isRecorded = true
  }

  private ended(active: ActiveRun, end: TrainerEnd): void {
    if (!active.isRecorded) {
      if (active.stopping === 'close') this.recorder.putBack(active.run, 'the studio was closed')
      else if (active.stopping === 'user') this.recorder.stopped(active.run)
      else this.recorder.failed(active.run, crashRecord(end))
      active.isRecorded = true
    }
    this.leave(active)
  }

  private leave(active: ActiveRun): void {
    if (this.active !== active) return
    this.active = undefined
    active.resolveGone()
    this.startNext()
  }

  private take(active: ActiveRun, action: () => void): void {
    active.inbox.push(action)
    if (active.retry === undefined) this.drain(active)
  }

  /** A database that is locked for a while delays the records of a run; any other failure to record ends the run, never the service. */
  private drain(active: ActiveRun): void {
    active.retry = undefined
    for (let action = active.inbox[0]; action !== undefined; action = active.inbox[0]) {
      try {
        action()
      } catch (fault) {
        if (isBusy(fault)) {
          active.retry = setTimeout(() => this.drain(active), retryMs)
          return
        }
        this.giveUp(active, fault)
      }
      active.inbox.shift()
    }
  }

  private giveUp(active: ActiveRun, fault: unknown): void {
    this.options.onFault(fault, active.run)
    active.child.kill()
    if (!active.isRecorded) this.recordFault(active, fault)
    if (active.child.hasEnded) this.leave(active)
  }

  private recordFault(active: ActiveRun, fault: unknown): void {
    active.isRecorded = true
    try {
      this.recorder.failed(active.run, toErrorRecord(fault))
    } catch (second) {
      // The run stays `running` in the store; the next start of the service takes it up again.
      this.options.onFault(second, active.run)
    }
  }

  private async askToStop(active: ActiveRun, why: 'user' | 'close', graceMs: number): Promise<void> {
    active.stopping ??= why
    active.child.send({ type: 'stop' })
    const deadline = setTimeout(() => active.child.kill(), graceMs)
    await active.gone
    clearTimeout(deadline)
  }
}

function crashRecord(end: TrainerEnd): ReturnType<typeof trainerCrashed> {
  const { reason, exitCode, signal, tail } = end
  return trainerCrashed(reason, { exitCode, signal, log: tail })
}
