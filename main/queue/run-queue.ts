/**
 * Runs the queue. What the user wants of each job (its intent) and what it does (its state) are in the store; this object makes the second
 * follow the first, and holds the processes that live now. A service that was killed finds everything again when it starts.
 */
import os from 'node:os'
import path from 'node:path'
import { assertNever, StudioError, toErrorRecord, type JsonValue } from '../../experiments/errors/studio-error.ts'
import type { AwakeReport, JobOptions, QueueAction } from '../../experiments/queue/job-record.ts'
import { windowState } from '../../experiments/queue/night-windows.ts'
import {
  closingMarginMs,
  defaultQueueSettings,
  queueSettings,
  type EndHook,
  type QueueHold,
  type QueueSettings,
} from '../../experiments/queue/queue-settings.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { smallerMicroBatch } from '../../experiments/spec/micro-batch.ts'
import { removeStrays } from '../checkpoints/retention.ts'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { positionSpacing, type Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import { isBusy } from '../store/store-errors.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'
import type { FromTrainer, TrainerJob, TrainerUsage } from '../trainer/trainer-protocol.ts'
import { ActiveRun, retryMs } from './active-run.ts'
import { systemClock, type Clock } from './clock.ts'
import { DeviceHealth } from './device-health.ts'
import { runEndHook, type EndNews } from './end-hooks.ts'
import { durationEstimator } from './expected-duration.ts'
import { KeepAwake } from './keep-awake.ts'
import { rateChangesOf } from './rate-changes.ts'
import { QueueJournal, wishes, type JournalEntry, type Wish } from './queue-journal.ts'
import { RunRecorder, trainerCrashed } from './run-recorder.ts'
import type { StudioEmitter } from './studio-events.ts'
import type { TrainerCommand, TrainerEnd } from './trainer-child.ts'

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
  readonly clock?: Clock
}

/** `current` is the epoch that is being trained. */
export interface JobChange {
  readonly pauseAfterEpoch?: number | 'current' | null
  readonly stopAfterEpoch?: number | 'current' | null
  readonly slots?: number
}

/** A run that keeps dying with the service is not started a fifth time on its own. */
const maxInterruptions = 3
/** How long a trainer may take from a stop request to its last message before it is killed. */
const stopGraceMs = 60_000
/** A process that the system kills while it holds so much of the memory has run out of it. */
const memoryShareOfKilled = 0.6
const closeGraceMs = 15_000
/** The longest time until the plan is looked at again: clocks jump, and machines sleep. */
const tickMs = 30_000
const settingsName = 'queue'

export class RunQueue {
  readonly recorder: RunRecorder
  readonly journal: QueueJournal
  private readonly options: RunQueueOptions
  private readonly store: Store
  private readonly files: FileOperations
  private readonly clock: Clock
  private readonly active = new Map<number, ActiveRun>()
  private readonly health = new DeviceHealth()
  private startRetry: NodeJS.Timeout | undefined
  private cancelTick: (() => void) | undefined
  private isClosing = false
  private readonly keepAwake = new KeepAwake(() => this.changed([]))
  /** What went wrong with what the user wants done at an end, the last time. */
  hookProblem: string | null = null

  constructor(options: RunQueueOptions) {
    this.options = options
    this.store = options.store
    this.files = options.files ?? systemFiles
    this.clock = options.clock ?? systemClock
    const { store, emit } = options
    const checkpointFolder = (run: number) => this.checkpointFolder(run)
    const left = (run: number) => emit('queue.changed', { runs: [run] })
    this.recorder = new RunRecorder({ store, files: this.files, emit, checkpointFolder, left })
    this.journal = new QueueJournal(store)
  }

  /** Takes up what a killed service left, and starts what may run. */
  start(): void {
    for (const run of this.store.jobs.running().toReversed()) this.recover(run)
    this.tick()
  }

  /**
   * Adds a run at the end of those of its priority.
   * @param parent the checkpoint of another run that it begins from
   */
  enqueue(run: NewRun, options: JobOptions = {}, parent?: StoredParent): RunSummary {
    return this.enqueueAll([run], options, parent)[0] as RunSummary
  }

  /** Adds runs, all or none, as one action. */
  enqueueAll(runs: readonly NewRun[], options: JobOptions = {}, parent?: StoredParent): RunSummary[] {
    const ids = this.store.transaction(() => {
      const added = runs.map((run) => this.addJob(run, options))
      if (parent) for (const run of added) this.store.reviews.setParent(run, parent)
      this.journal.added(added)
      return added
    })
    for (const id of ids) this.recorder.announce(id)
    this.changed(ids)
    this.startNext()
    return ids.map((id) => this.get(id))
  }

  /**
   * Adds a run of a sweep. It is no action of the user, so there is nothing to take back. `link` is part of the same transaction: a run that is
   * there belongs to its trial.
   */
  enqueueFor(run: NewRun, options: JobOptions, link: (run: number) => void): number {
    const id = this.store.transaction(() => {
      const added = this.addJob(run, options)
      link(added)
      this.journal.settle(added, wishes)
      return added
    })
    this.recorder.announce(id)
    this.changed([id])
    this.startNext()
    return id
  }

  /** Gives a run that has ended in another studio its job here, so that it can be tried again. Part of the caller's transaction. */
  takeEnded(run: number): void {
    this.store.jobs.enqueue(run, { intent: 'end' })
    this.store.jobs.finish(run)
    this.journal.settle(run, wishes)
  }

  /** Changes what is wanted of jobs on behalf of a sweep, in one transaction with `also`. Resolves when those that had to stop have done so. */
  async steer(
    patches: readonly { readonly run: number; readonly after: Wish }[],
    also: () => void = () => undefined,
  ): Promise<void> {
    this.store.transaction(() => {
      for (const { run, after } of patches) {
        this.store.jobs.change(run, after)
        this.journal.settle(run, Object.keys(after) as (keyof Wish)[])
      }
      also()
    })
    await this.follow(patches.map(({ run }) => run))
  }

  get(run: number): RunSummary {
    return this.recorder.withProgress(this.store.runs.get(run))
  }

  get settings(): QueueSettings {
    const stored = queueSettings.safeParse(this.store.settings.get(settingsName) ?? {})
    return stored.success ? stored.data : defaultQueueSettings
  }

  /** Changes settings, as an action that can be taken back. */
  configure(change: Partial<QueueSettings>): QueueSettings {
    const before = this.settings
    const after = queueSettings.parse({ ...before, ...change })
    this.journal.act('settings', [], { before: before as JsonValue, after: after as JsonValue }, () =>
      this.store.settings.set(settingsName, after),
    )
    this.changed([])
    this.tick()
    this.updateAwake()
    return after
  }

  /** Starts nothing more; what trains goes on. */
  hold(hold: QueueHold | null): QueueSettings {
    return this.configure({ hold })
  }

  /** Whether jobs may run now, and when that changes by itself. */
  windowState(): { open: boolean; changesAt: number | null } {
    return windowState(this.settings.windows, this.clock.now())
  }

  /** Devices that were set aside get another chance. */
  useAllDevices(): void {
    const waiting = this.store.jobs.inState('waiting')
    const freed = waiting.filter(({ device, reason }) => reason !== null && reason === this.health.setAside(device))
    this.health.forget()
    for (const { run } of freed) this.store.jobs.change(run, { reason: null })
    this.changed(freed.map(({ run }) => run))
    this.startNext()
  }

  /** Resolves when they have paused: at once for waiting ones, after a checkpoint for running ones, whose processes are gone then. */
  async pause(...runs: number[]): Promise<void> {
    this.expect(runs, ['waiting', 'running', 'paused'], 'paused')
    await this.want(
      'paused',
      runs.map((run) => ({ run, after: { intent: 'pause' } })),
    )
  }

  /** Paused ones wait again, at the head of those of their priority where they had begun. */
  resume(runs: readonly number[], options: { readonly pauseAfterEpoch?: number | null } = {}): void {
    this.expect(runs, ['paused', 'waiting', 'running'], 'resumed')
    const { pauseAfterEpoch = null } = options
    for (const run of runs) this.expectEpochAhead(run, pauseAfterEpoch)
    const patches = runs.map((run) => {
      const begun = this.store.runs.get(run).startedAt !== null
      const head = begun ? { position: this.store.jobs.firstPosition(run) } : {}
      return { run, after: { intent: 'go', pauseAfterEpoch, ...head } as const }
    })
    void this.want('resumed', patches)
  }

  /** Resolves when the runs have stopped: at once for waiting ones, after their checkpoint for running ones. */
  async cancel(runs: readonly number[]): Promise<void> {
    this.expect(runs, ['waiting', 'running', 'paused'], 'stopped')
    await this.want(
      'cancelled',
      runs.map((run) => ({ run, after: { intent: 'end' } })),
    )
  }

  async stop(run: number): Promise<RunSummary> {
    await this.cancel([run])
    return this.get(run)
  }

  /** Failed and stopped runs go on from their last checkpoint. */
  retry(runs: readonly number[]): void {
    for (const run of runs) {
      const { status } = this.store.runs.get(run)
      if (status !== 'failed' && status !== 'stopped') throw wrongState(run, status, 'tried again', 'failed or stopped')
    }
    const position = (run: number) => this.store.jobs.lastPosition(this.store.jobs.get(run)?.priority ?? 0)
    void this.want(
      'retried',
      runs.map((run, index) => ({ run, after: { intent: 'go', position: position(run) + index } })),
    )
  }

  /** Puts open jobs right before another one, in their order and with its priority, or behind all. */
  move(runs: readonly number[], before: number | null): void {
    this.expect(runs, ['waiting', 'paused', 'running'], 'moved')
    const { jobs } = this.store
    const next = before === null ? undefined : jobs.get(before)
    if (before !== null && (next === undefined || next.state === 'done' || runs.includes(before))) {
      throw new StudioError('run-state', `run ${before} is not a place in the queue to move to`, { run: before })
    }
    const priority = next?.priority ?? Math.min(...jobs.inState('waiting', 'paused').map((job) => job.priority), 0)
    const positions = jobs.positionsBefore(next, priority, runs.length)
    const patches = positions
      ? runs.map((run, index) => ({ run, after: { priority, position: positions[index] as number } }))
      : this.spreadOut(runs, before, priority)
    void this.want('moved', patches)
  }

  /** Puts waiting jobs at a place of the line, from 1. */
  moveTo(run: number, place: number): void {
    const line = this.store.jobs.waiting().filter((other) => other !== run)
    this.move([run], line[Math.max(0, place - 1)] ?? null)
  }

  prioritise(runs: readonly number[], priority: number): void {
    this.expect(runs, ['waiting', 'paused', 'running'], 'given a priority')
    const last = this.store.jobs.lastPosition(priority)
    const patches = runs.map((run, index) => ({ run, after: { priority, position: last + index * positionSpacing } }))
    void this.want('moved', patches)
  }

  /** Changes what was said of a job when it was queued. */
  edit(run: number, options: JobChange): void {
    const { slots } = options
    this.expect([run], slots === undefined ? ['waiting', 'paused', 'running'] : ['waiting', 'paused'], 'changed')
    const done = this.get(run).lastEpoch?.epoch ?? 0
    const epochOf = (wanted: JobChange['pauseAfterEpoch']) => (wanted === 'current' ? done + 1 : wanted)
    const pauseAfterEpoch = epochOf(options.pauseAfterEpoch)
    const stopAfterEpoch = epochOf(options.stopAfterEpoch)
    for (const epoch of [pauseAfterEpoch, stopAfterEpoch]) {
      if (epoch !== undefined) this.expectEpochAhead(run, epoch)
    }
    const after = {
      ...(slots !== undefined && { slots }),
      ...(pauseAfterEpoch !== undefined && { pauseAfterEpoch }),
      ...(stopAfterEpoch !== undefined && { stopAfterEpoch }),
    }
    void this.want('edited', [{ run, after }])
  }

  /**
   * Puts another experiment in the place of one that has not begun, as one action. Its run gets a new number: what a run trains never changes.
   */
  replace(run: number, by: NewRun): RunSummary {
    this.expect([run], ['waiting', 'paused'], 'changed')
    if (this.store.runs.get(run).startedAt !== null) {
      const message = `run ${run} has begun already; branch it instead, or queue the changed experiment beside it`
      throw new StudioError('run-state', message, { run })
    }
    const job = this.store.jobs.get(run)
    if (job === undefined) throw new Error(`run ${run} is in the queue without a job`)
    const { priority, slots, pauseAfterEpoch, position } = job
    const epochs = by.spec.train.epochs
    const id = this.store.transaction(() => {
      const added = this.addJob(by, {
        ...{ priority, slots, paused: job.state === 'paused' },
        pauseAfterEpoch: pauseAfterEpoch !== null && pauseAfterEpoch < epochs ? pauseAfterEpoch : null,
      })
      this.store.jobs.change(added, { position })
      this.journal.replaced(run, added)
      return added
    })
    this.recorder.announce(id)
    void this.follow([run, id])
    return this.get(id)
  }

  /**
   * Sets the learning rate of an open run, from its next step on, and answers with that step, counted from 0. A run without a process goes on
   * with it from its last checkpoint.
   */
  async changeRate(run: number, learningRate: number): Promise<number> {
    this.expect([run], ['waiting', 'running', 'paused'], 'given another learning rate')
    const active = this.active.get(run)
    const heard = active && !active.isStopping ? await active.changeRate(learningRate) : undefined
    if (heard !== undefined) return heard
    // Its process is gone or going: what counts is where the next one begins.
    await active?.gone
    this.expect([run], ['waiting', 'paused'], 'given another learning rate')
    const step = this.store.checkpoints.list(run)[0]?.step ?? 0
    this.recorder.rateChanged(run, { step, epoch: this.get(run).lastEpoch?.epoch ?? 0, learningRate })
    this.changed([run])
    return step
  }

  /** Keeps a checkpoint for good, or lets it go again; one that another run begins from stays. */
  pinCheckpoint(run: number, step: number, pinned: boolean): void {
    const { checkpoints, reviews, events } = this.store
    const checkpoint = checkpoints.list(run).find((candidate) => candidate.step === step)
    if (!checkpoint)
      throw new StudioError('file-not-found', `run ${run} has no checkpoint of step ${step}`, { run, step })
    if (!pinned && reviews.beginsFrom(run, step)) {
      throw new StudioError('run-state', `another run begins from the checkpoint of step ${step}; it has to stay`, {
        run,
        step,
      })
    }
    this.store.transaction(() => {
      if (pinned) checkpoints.pin(checkpoint.id)
      else checkpoints.unpin(checkpoint.id)
      events.append(run, pinned ? 'run.pinned' : 'run.unpinned', { step })
    })
    this.recorder.announce(run)
    this.changed([run])
  }

  undo(): Promise<JournalEntry> {
    return this.turn('undo')
  }

  redo(): Promise<JournalEntry> {
    return this.turn('redo')
  }

  /** Runs that wait or train. */
  activeRuns(): number {
    return this.store.jobs.count('waiting') + this.store.jobs.count('running')
  }

  /** Ends the trainers with a checkpoint; their runs go back to the head of the queue. */
  async close(): Promise<void> {
    this.isClosing = true
    clearTimeout(this.startRetry)
    this.cancelTick?.()
    this.keepAwake.want(false)
    await Promise.all([...this.active.values()].map((active) => active.stop(closeGraceMs, 'the studio was closed')))
  }

  get awake(): AwakeReport {
    return this.keepAwake.current
  }

  /** What the process of a run takes of the machine; null without one, or before it said so. */
  usageOf(run: number): TrainerUsage | null {
    return this.active.get(run)?.usage ?? null
  }

  checkpointFolder(run: number): string {
    return path.join(this.options.home, 'checkpoints', `run-${run}`)
  }

  logFile(run: number): string {
    return path.join(this.options.home, 'logs', `run-${run}.log`)
  }

  private addJob(run: NewRun, options: JobOptions): number {
    const id = this.store.runs.add(run)
    const { priority, slots, pauseAfterEpoch } = options
    this.store.jobs.enqueue(id, {
      intent: options.paused === true ? 'pause' : 'go',
      ...(priority !== undefined && { priority }),
      ...(slots !== undefined && { slots }),
      pauseAfterEpoch: pauseAfterEpoch ?? null,
      ...(run.device !== undefined && { device: run.device }),
      ...run.cost,
    })
    if (options.paused === true) this.store.runs.change(id, { status: 'paused' }, 'run.paused', {})
    return id
  }

  private expect(runs: readonly number[], states: readonly Job['state'][], done: string): void {
    for (const run of runs) {
      const { status } = this.store.runs.get(run)
      const job = this.store.jobs.get(run)
      if (job === undefined || !states.includes(job.state)) {
        const needed = states.length > 2 ? 'queued, running or paused' : states.join(' or ')
        throw wrongState(run, status, done, needed)
      }
    }
  }

  private expectEpochAhead(run: number, epoch: number | null): void {
    const done = this.get(run).lastEpoch?.epoch ?? 0
    if (epoch === null || epoch > done) return
    const message = `run ${run} has finished epoch ${done}; it can pause or end after a later one only, not after ${epoch}`
    throw new StudioError('out-of-range', message, { run, epoch, done })
  }

  /** Changes intents, and lets the jobs follow. Resolves when those that had to stop have done so. */
  private async want(
    action: QueueAction,
    patches: readonly { readonly run: number; readonly after: Wish }[],
  ): Promise<void> {
    this.journal.act(action, patches)
    await this.follow(patches.map(({ run }) => run))
  }

  private async turn(direction: 'undo' | 'redo'): Promise<JournalEntry> {
    const check = (entry: JournalEntry) => this.expectUndoable(entry, direction)
    const entry = this.journal.turn(direction, check, (value) => this.store.settings.set(settingsName, value))
    await this.follow(entry.changes.map(({ run }) => run))
    this.tick()
    return entry
  }

  private expectUndoable({ action, changes }: JournalEntry, direction: 'undo' | 'redo'): void {
    if (action !== 'added' || direction === 'redo') return
    const begun = changes.find(
      ({ run }) => this.store.runs.get(run, 'allow').startedAt !== null || this.active.has(run),
    )
    if (begun) {
      throw new StudioError(
        'run-state',
        `run ${begun.run} has begun already; stop it instead of taking back that it was queued`,
        {
          run: begun.run,
        },
      )
    }
  }

  private async follow(runs: readonly number[]): Promise<void> {
    const stops = runs.map((run) => this.followOne(run))
    this.changed(runs)
    this.startNext()
    await Promise.all(stops.filter((stop) => stop !== undefined))
  }

  /** Makes a job do what is wanted of it. */
  private followOne(run: number): Promise<void> | undefined {
    const job = this.store.jobs.get(run)
    if (job === undefined) return undefined
    const active = this.active.get(run)
    if (active !== undefined) {
      if (job.intent !== 'go') return active.stop(stopGraceMs)
      active.send({ type: 'pauseAfter', epoch: job.pauseAfterEpoch })
      active.send({ type: 'stopAfter', epoch: job.stopAfterEpoch })
      return undefined
    }
    switch (job.intent) {
      case 'go':
        if (job.state === 'paused' || job.state === 'done') this.requeue(job)
        return undefined
      case 'pause':
        // A paused one that was stopped or replaced, which is taken back: it is there again, and still paused.
        if (job.state === 'done' && this.store.runs.get(run, 'allow').status === 'stopped') {
          this.requeue(job)
          this.recorder.paused(run, null)
        } else if (job.state === 'waiting') this.recorder.paused(run, null)
        return undefined
      case 'end':
        if (job.state !== 'done') this.recorder.stopped(run)
        return undefined
      case 'withdraw':
        if (job.state !== 'done') this.withdraw(run)
        return undefined
      default:
        return assertNever(job.intent)
    }
  }

  private requeue({ run, state }: Job): void {
    this.store.transaction(() => {
      const { deletedAt } = this.store.runs.deletion(run)
      if (deletedAt !== null) this.store.runs.restore([run])
      this.store.jobs.change(run, { state: 'waiting', reason: null, interruptions: 0 })
      const event = state === 'paused' ? 'run.resumed' : 'run.retried'
      this.store.runs.change(run, { status: 'queued', error: null, endedAt: null, endedEarly: null }, event)
    })
    this.recorder.announce(run)
  }

  private withdraw(run: number): void {
    this.recorder.stopped(run)
    this.store.runs.delete([run])
    this.options.emit('run.removed', { run })
  }

  private spreadOut(runs: readonly number[], before: number | null, priority: number) {
    const moving = new Set(runs)
    const open = this.store.jobs.inState('waiting', 'paused', 'running').filter((job) => job.priority === priority)
    const line = open.map(({ run }) => run).filter((run) => !moving.has(run))
    line.splice(before === null ? line.length : line.indexOf(before), 0, ...runs)
    return line.map((run, index) => ({ run, after: { priority, position: index * positionSpacing } }))
  }

  private recover(run: number): void {
    const known = new Set(this.store.checkpoints.list(run).map(({ file }) => file))
    removeStrays(this.files, this.checkpointFolder(run), known)
    const interruptions = this.store.jobs.countInterruption(run)
    if (interruptions > maxInterruptions) {
      const reason = `the studio itself ended ${interruptions} times while this run trained, so it is not tried again`
      this.recorder.failed(run, trainerCrashed(reason, { interruptions }))
    } else {
      this.settle(run, 'the studio ended while this run trained')
    }
  }

  /** A run whose process is gone with a checkpoint: where it goes depends on what is wanted of it. */
  private settle(run: number, reason: string): void {
    const intent = this.store.jobs.get(run)?.intent ?? 'go'
    if (intent === 'pause') this.recorder.paused(run, null)
    else if (intent === 'end' || intent === 'withdraw') this.recorder.stopped(run)
    else this.recorder.putBack(run, reason)
  }

  /** Looks at the plan: starts and pauses what is due, and comes again when something will be. */
  private tick(): void {
    this.cancelTick?.()
    if (this.isClosing) return
    const { open, changesAt } = this.windowState()
    const untilClose =
      open && changesAt !== null ? changesAt - closingMarginMs - this.clock.now() : Number.POSITIVE_INFINITY
    if (!open || untilClose <= 0) {
      for (const active of this.active.values()) {
        if (!active.isStopping) void active.stop(stopGraceMs, 'the night is over; it goes on in the next time window')
      }
    } else this.startNext()
    const next = open ? untilClose : (changesAt ?? Number.POSITIVE_INFINITY) - this.clock.now()
    this.cancelTick = this.clock.later(Math.max(1, Math.min(next > 0 ? next : tickMs, tickMs)), () => this.tick())
  }

  private startNext(): void {
    clearTimeout(this.startRetry)
    if (this.isClosing) return
    try {
      while (this.claimNext());
    } catch (fault) {
      if (!isBusy(fault)) throw fault
      this.startRetry = setTimeout(() => this.startNext(), retryMs)
    }
  }

  /** Starts the first waiting run whose device has room; one that is too big holds up those behind it on its device. */
  private claimNext(): boolean {
    const { hold, slots, order } = this.settings
    if (hold !== null || !this.mayRunNow()) return false
    const free = new Map<string, number>()
    for (const { job } of this.active.values())
      free.set(job.device, (free.get(job.device) ?? slots[job.device] ?? 1) - job.slots)
    // With 10,000 jobs the line is long: no look at it while the only device is full.
    if (
      this.active.size > 0 &&
      free.size === 1 &&
      [...free.values()].every((left) => left <= 0) &&
      this.store.jobs.devices() <= 1
    )
      return false
    for (const job of this.inLine(order)) {
      if (this.waitsForDevice(job)) continue
      const total = slots[job.device] ?? 1
      const left = free.get(job.device) ?? total
      if (left >= Math.min(job.slots, total)) return this.claim(job.run)
      free.set(job.device, 0)
    }
    return false
  }

  /** Whether its device is set aside; the job then says so. */
  private waitsForDevice({ run, device, reason }: Job): boolean {
    const why = this.health.setAside(device)
    if (why === undefined) return false
    if (reason !== why) {
      this.store.jobs.change(run, { reason: why })
      this.changed([run])
    }
    return true
  }

  private mayRunNow(): boolean {
    const { open, changesAt } = this.windowState()
    return open && (changesAt === null || changesAt - this.clock.now() > closingMarginMs)
  }

  private inLine(order: QueueSettings['order']): Job[] {
    const line = this.store.jobs.inState('waiting')
    if (order === 'manual') return line
    const estimate = durationEstimator(this.store)
    const seconds = (job: Job): number => estimate(job)?.seconds ?? Number.MAX_VALUE
    return line.toSorted((a, b) => b.priority - a.priority || seconds(a) - seconds(b))
  }

  private claim(run: number): boolean {
    this.store.transaction(() => {
      this.store.jobs.claim(run)
      this.store.runs.change(run, { status: 'running' }, 'run.claimed')
    })
    try {
      this.launch(run)
      this.recorder.announce(run)
    } catch (fault) {
      this.recorder.failed(run, toErrorRecord(fault))
    }
    this.changed([run])
    return true
  }

  private launch(run: number): void {
    const job = this.store.jobs.get(run)
    if (job === undefined) throw new Error(`run ${run} was claimed without a job`)
    const message = this.trainerJob(job)
    const active = new ActiveRun(job, this.options.trainer, this.logFile(run), this.clock.now(), {
      message: (sender, told) => this.record(sender, told),
      ended: (sender, end) => this.ended(sender, end),
      failed: (sender, fault) => this.giveUp(sender, fault),
    })
    this.active.set(run, active)
    this.updateAwake()
    active.send({ type: 'train', job: message })
  }

  private trainerJob({ run, pauseAfterEpoch, stopAfterEpoch, microBatch }: Job): TrainerJob {
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
      pauseAfterEpoch,
      stopAfterEpoch,
      microBatch,
      rateChanges: rateChangesOf(this.store, run),
    }
  }

  /** A branch goes on with the threads of the run that it continues: they are part of what makes losses equal. */
  private threadsOf(run: number): number | null {
    const parent = this.store.reviews.parentOf(run)
    const own = this.store.runs.environment(run)?.threads
    return own ?? (parent ? this.store.runs.environment(parent.run)?.threads : this.sharedThreads(run)) ?? null
  }

  /** Trials that train at the same time share the processor: each has its part of the cores from its first step. */
  private sharedThreads(run: number): number | undefined {
    const sweep = this.store.sweeps.ofRun(run)?.sweep
    const parallel = sweep === undefined ? 1 : this.store.sweeps.parallelOf(sweep)
    return parallel > 1 ? Math.max(1, Math.floor(os.availableParallelism() / parallel)) : undefined
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
      case 'usage': {
        const { type: _, ...usage } = message
        active.usage = usage
        return this.options.emit('queue.usage', { run, ...usage })
      }
      case 'started':
        return this.recorder.started(run, message)
      case 'metrics':
        return this.recorder.metrics(run, message)
      case 'rateChanged':
        this.recorder.rateChanged(run, message)
        active.rateHeard(message.step)
        return this.changed([run])
      case 'epoch':
        this.health.worked(active.job.device)
        return this.recorder.epoch(run, message)
      case 'checkpoint':
        return this.recorder.checkpoint(run, message)
      case 'finished':
        this.recorder.finished(run, message)
        break
      case 'failed':
        this.recordFailure(active, message.error)
        break
      case 'stopped':
        this.settle(run, active.stopReason ?? 'it was asked to stop')
        break
      case 'paused':
        this.recorder.paused(run, `epoch ${this.get(run).lastEpoch?.epoch ?? 0} is finished`)
        break
      default:
        assertNever(message)
    }
    active.isRecorded = true
  }

  /** No space for a checkpoint is no fault of the run: the queue waits, and it goes on from the checkpoint before. */
  private recordFailure({ run, job }: ActiveRun, error: ReturnType<StudioError['toRecord']>): void {
    if (error.code === 'out-of-memory' && this.retryWithLess(run, error.message)) return
    this.health.failed(job.device, error)
    if (error.code !== 'disk-full') return this.recorder.failed(run, error)
    this.store.settings.set(settingsName, {
      ...this.settings,
      hold: { code: 'disk-full', message: error.message, since: this.clock.now() },
    })
    this.settle(run, error.message)
    this.changed([run])
  }

  /** The same batch in parts of half the size: false where a single example was too much. */
  private retryWithLess(run: number, reason: string): boolean {
    const { batchSize, microBatch: written } = this.store.runs.experiment(run).spec.train
    const microBatch = smallerMicroBatch(batchSize, this.store.jobs.get(run)?.microBatch ?? written ?? batchSize)
    if (microBatch === undefined) return false
    const { step } = this.get(run).progress
    this.store.transaction(() => {
      this.store.jobs.change(run, { microBatch })
      this.store.events.append(run, 'run.outOfMemory', { microBatch, batchSize, step, reason })
    })
    this.settle(run, `memory ran out; it goes on with parts of ${microBatch} of the batch of ${batchSize}`)
    this.changed([run])
    return true
  }

  private ended(active: ActiveRun, end: TrainerEnd): void {
    if (!active.isRecorded) {
      const tookAll = (active.usage?.memoryBytes ?? 0) > memoryShareOfKilled * os.totalmem()
      if (end.signal === 'SIGKILL' && tookAll && !active.isStopping && this.retryWithLess(active.run, end.reason)) {
        active.isRecorded = true
      } else if (active.isStopping) this.settle(active.run, active.stopReason ?? 'it was asked to stop')
      else {
        this.health.failed(active.job.device, crashRecord(end))
        this.recorder.failed(active.run, crashRecord(end))
      }
      active.isRecorded = true
    }
    this.leave(active)
  }

  private leave(active: ActiveRun): void {
    if (this.active.get(active.run) !== active) return
    this.active.delete(active.run)
    active.leave()
    this.tellEnd(active.run)
    // It may have been resumed or retried while its process was ending.
    void this.followOne(active.run)
    this.startNext()
    this.updateAwake()
  }

  private updateAwake(): void {
    if (!this.isClosing) this.keepAwake.want(this.active.size > 0 && this.settings.keepAwake)
  }

  /** What the user wants done at the end of a run, and when nothing more trains; it holds nothing up. */
  private tellEnd(run: number): void {
    const { atRunEnd, atQueueEnd } = this.settings
    const { name, status, best, endedAt } = this.store.runs.get(run, 'allow')
    if (endedAt === null || this.isClosing) return
    const news = { run, name, status, accuracy: best?.accuracy ?? null }
    void this.runHook(atRunEnd, { event: 'run-ended', ...news })
    if (this.activeRuns() === 0) void this.runHook(atQueueEnd, { event: 'queue-ended' })
  }

  private async runHook(hook: EndHook, news: EndNews): Promise<void> {
    if (hook.command === null && hook.webhook === null) return
    this.hookProblem = await runEndHook(hook, news)
    if (this.isClosing) return
    if (this.hookProblem !== null) {
      this.store.events.append(news.run ?? null, 'queue.hookFailed', { reason: this.hookProblem })
    }
    this.changed([])
  }

  private giveUp(active: ActiveRun, fault: unknown): void {
    this.options.onFault(fault, active.run)
    if (!active.isRecorded) {
      active.isRecorded = true
      try {
        this.recorder.failed(active.run, toErrorRecord(fault))
      } catch (second) {
        // The run stays `running` in the store; the next start of the service takes it up again.
        this.options.onFault(second, active.run)
      }
    }
    if (active.hasEnded) this.leave(active)
  }

  private changed(runs: readonly number[]): void {
    this.options.emit('queue.changed', { runs: [...runs] })
  }
}

function wrongState(run: number, status: string, done: string, needed: string): StudioError {
  return new StudioError('run-state', `run ${run} is ${status}; only a ${needed} one can be ${done}`, { run, status })
}

function crashRecord(end: TrainerEnd): ReturnType<typeof trainerCrashed> {
  const { reason, exitCode, signal, tail } = end
  return trainerCrashed(reason, { exitCode, signal, log: tail })
}
