/**
 * One run that trains: its process, and what that said but could not be recorded yet. A database that another program has locked delays
 * records; any other failure to record ends the run, never the service.
 */
import { isBusy } from '../store/store-errors.ts'
import type { FromTrainer, ToTrainer, TrainerUsage } from '../trainer/trainer-protocol.ts'
import type { Job } from '../store/job-table.ts'
import { TrainerChild, type TrainerEnd } from './trainer-child.ts'
import type { ProcessCommand } from '../processes/process-command.ts'

/** How long to wait for a locked database before trying again. */
export const retryMs = 500

export interface ActiveRunListener {
  message(active: ActiveRun, message: FromTrainer): void
  ended(active: ActiveRun, end: TrainerEnd): void
  /** Something could not be recorded; its process was killed. */
  failed(active: ActiveRun, fault: unknown): void
}

export class ActiveRun {
  readonly run: number
  readonly job: Job
  readonly startedAt: number
  /** Resolves when the process is gone and its run recorded. */
  readonly gone: Promise<void>
  /** Whether how it ended is in the store. */
  isRecorded = false
  /** Why it was asked to stop where no wish of the user says so. */
  stopReason: string | undefined
  /** What its process takes, as it said last. */
  usage: TrainerUsage | undefined
  /** Between this and its end, it was asked to stop. */
  isStopping = false
  private readonly child: TrainerChild
  private readonly listener: ActiveRunListener
  private readonly rateListeners: ((step: number | undefined) => void)[] = []
  private readonly inbox: (() => void)[] = []
  private retry: NodeJS.Timeout | undefined
  private deadline: NodeJS.Timeout | undefined
  private resolveGone: () => void = () => undefined

  constructor(job: Job, command: ProcessCommand, logFile: string, startedAt: number, listener: ActiveRunListener) {
    this.run = job.run
    this.job = job
    this.startedAt = startedAt
    this.listener = listener
    this.gone = new Promise((resolve) => (this.resolveGone = resolve))
    this.child = new TrainerChild(command, logFile, `run ${job.run}`, {
      message: (message) => this.take(() => listener.message(this, message)),
      garbled: (error) =>
        this.take(() => {
          throw error
        }),
      ended: (end) => this.take(() => listener.ended(this, end)),
    })
  }

  get hasEnded(): boolean {
    return this.child.hasEnded
  }

  send(message: ToTrainer): void {
    this.child.send(message)
  }

  /** Asks for a checkpoint and the end; kills it when that takes longer than `graceMs`. */
  stop(graceMs: number, reason?: string): Promise<void> {
    this.stopReason = reason ?? this.stopReason
    this.isStopping = true
    this.child.send({ type: 'stop' })
    this.deadline ??= setTimeout(() => this.child.kill(), graceMs)
    return this.gone
  }

  /** Resolves with the step from which it holds, or with nothing where the process ended without hearing of it. */
  changeRate(learningRate: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.rateListeners.push(resolve)
      this.send({ type: 'changeRate', learningRate })
    })
  }

  rateHeard(step: number | undefined): void {
    for (const listener of this.rateListeners.splice(0)) listener(step)
  }

  /** Its end is recorded and its slot free. */
  leave(): void {
    clearTimeout(this.deadline)
    this.rateHeard(undefined)
    this.resolveGone()
  }

  private take(action: () => void): void {
    this.inbox.push(action)
    if (this.retry === undefined) this.drain()
  }

  private drain(): void {
    this.retry = undefined
    for (let action = this.inbox[0]; action !== undefined; action = this.inbox[0]) {
      try {
        action()
      } catch (fault) {
        if (isBusy(fault)) {
          this.retry = setTimeout(() => this.drain(), retryMs)
          return
        }
        this.child.kill()
        this.listener.failed(this, fault)
      }
      this.inbox.shift()
    }
  }
}
