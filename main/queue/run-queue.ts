/**
 * The queue as the rest of the service uses it, and the one place where its parts are put together. What the user wants of each job (its intent)
 * and what it does (its state) are in the store; the parts make the second follow the first. A service that was killed finds everything again
 * when it starts.
 */
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { AwakeReport, JobOptions } from '../../experiments/queue/job-record.ts'
import { queueSettings, type QueueSettings } from '../../experiments/queue/queue-settings.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'
import type { TrainerJob, TrainerUsage } from '../trainer/trainer-protocol.ts'
import { systemClock, type Clock } from './clock.ts'
import { DeviceHealth } from './device-health.ts'
import { EndTeller } from './end-teller.ts'
import { WishFollower } from './follow-wishes.ts'
import { holdQueue, releaseQueue, type HoldParts } from './hold-queue.ts'
import { JobAdder } from './job-adder.ts'
import { KeepAwake } from './keep-awake.ts'
import { BusyRetries } from './busy-retries.ts'
import { changeRate, pinCheckpoint, type LiveChangesParts } from './live-changes.ts'
import { JobStarter } from './plan/job-starter.ts'
import { QueueActions, type JobChange, type WishPatch } from './queue-actions.ts'
import { QueueJournal, type JournalEntry } from './queue-journal.ts'
import { recoverRun } from './recover-run.ts'
import { runFolders, type RunFolders } from './run-folders.ts'
import { RunRecorder } from './run-recorder.ts'
import { RunningJobs } from './running-jobs.ts'
import { StoredSettings } from './stored-settings.ts'
import type { StudioEmitter } from './studio-events.ts'
import type { TrainerCommand } from './trainer-child.ts'
import { trainerJob } from './trainer-job.ts'
import { GraphicsCards } from './plan/graphics-cards.ts'
import { MachineMemory, type FreeMemoryOf } from './plan/memory-room.ts'

export interface RunQueueOptions {
  readonly home: string
  readonly store: Store
  readonly trainer: TrainerCommand
  /** Which studio trains; recorded with each run. */
  readonly studio: TrainerJob['studio']
  readonly emit: StudioEmitter
  /** Called with what could not be recorded anywhere else. */
  readonly onFault: (fault: unknown, run: number) => void
  /** What finds the devices of this machine. Default: there is the processor only. */
  readonly engines?: Pick<EngineSurvey, 'describe' | 'latest'>
  /** Default: what the machine tells. */
  readonly freeMemory?: FreeMemoryOf
  readonly files?: FileOperations
  readonly clock?: Clock
}

const closeGraceMs = 15_000

export class RunQueue {
  readonly recorder: RunRecorder
  readonly journal: QueueJournal
  private readonly store: Store
  private readonly emit: StudioEmitter
  private readonly folders: RunFolders
  private readonly stored: StoredSettings
  private readonly health = new DeviceHealth()
  private readonly running: RunningJobs
  private readonly starter: JobStarter
  private readonly follower: WishFollower
  private readonly adder: JobAdder
  private readonly actions: QueueActions
  private readonly endTeller: EndTeller
  private readonly keepAwake = new KeepAwake(() => this.changed([]))
  private readonly holdParts: HoldParts
  private readonly liveChanges: LiveChangesParts
  private readonly recover: (run: number) => void
  private readonly retries = new BusyRetries()
  private isClosing = false

  constructor(options: RunQueueOptions) {
    const { home, store, emit, studio, trainer, onFault } = options
    const { files = systemFiles, clock = systemClock, engines = { latest: [], describe: async () => [] } } = options
    this.store = store
    this.emit = emit
    const changed = (runs: readonly number[]) => this.changed(runs)
    const folders = (this.folders = runFolders(home))
    const settings = (this.stored = new StoredSettings(store))
    const journal = (this.journal = new QueueJournal(store))
    const recorder = (this.recorder = new RunRecorder({
      ...{ store, files, emit },
      checkpointFolder: (run) => folders.checkpointFolder(run),
      left: (run) => changed([run]),
    }))
    const { health } = this
    const running = (this.running = new RunningJobs({
      ...{ store, recorder, settings, health, clock, folders, trainer, emit, changed, onFault },
      describe: (job, place) => trainerJob({ home, store, folders, studio }, job, place),
      launched: () => this.updateAwake(),
      left: (run) => this.left(run),
    }))
    const startNext = () => this.starter.startNext()
    const cards = new GraphicsCards(engines, startNext)
    const { freeMemory = new MachineMemory(startNext).of } = options
    this.starter = new JobStarter({ store, settings, running, recorder, health, cards, freeMemory, clock, changed })
    this.follower = new WishFollower({ store, recorder, running })
    const adder = (this.adder = new JobAdder(store, journal))
    this.actions = new QueueActions({
      ...{ store, journal, recorder, running, adder },
      follow: (runs) => this.follow(runs),
    })
    this.endTeller = new EndTeller({
      ...{ store, settings },
      activeRuns: () => this.activeRuns(),
      changed: () => changed([]),
      whenFree: (action) => this.retries.whenFree(action),
    })
    this.holdParts = { store, journal, settings, clock }
    this.liveChanges = { store, recorder, running }
    this.recover = (run) => recoverRun({ store, recorder, files, folders }, run)
  }

  /** Takes up what a killed service left, and starts what may run. */
  start(): void {
    for (const run of this.store.jobs.running().toReversed()) this.recover(run)
    this.starter.tick()
  }

  /** Ends the trainers with a checkpoint; their runs go back to the head of the queue. */
  async close(): Promise<void> {
    this.isClosing = true
    this.starter.close()
    this.retries.close()
    this.endTeller.close()
    this.keepAwake.want(false)
    await this.running.stopAll(closeGraceMs, 'the studio was closed')
  }

  /** Adds a run at the end of those of its priority; see `JobAdder.add`. */
  enqueue(run: NewRun, options: JobOptions = {}, parent?: StoredParent): RunSummary {
    return this.enqueueAll([run], options, parent)[0] as RunSummary
  }

  /** Adds runs, all or none, as one action. */
  enqueueAll(runs: readonly NewRun[], options: JobOptions = {}, parent?: StoredParent): RunSummary[] {
    const ids = this.adder.add(runs, options, parent)
    this.entered(ids)
    return ids.map((id) => this.get(id))
  }

  /** Adds a run of a sweep; see `JobAdder.addFor`. */
  enqueueFor(run: NewRun, options: JobOptions, link: (run: number) => void): number {
    const id = this.adder.addFor(run, options, link)
    this.entered([id])
    return id
  }

  /** Gives a run that has ended in another studio its job here; see `JobAdder.addEnded`. */
  takeEnded(run: number): void {
    this.adder.addEnded(run)
  }

  get(run: number): RunSummary {
    return this.recorder.withProgress(this.store.runs.get(run))
  }

  /** Runs that wait or train. */
  activeRuns(): number {
    return this.store.jobs.count('waiting') + this.store.jobs.count('running')
  }

  pause(runs: readonly number[]): Promise<void> {
    return this.actions.pause(runs)
  }

  resume(runs: readonly number[], options?: { readonly pauseAfterEpoch?: number | null }): void {
    this.actions.resume(runs, options)
  }

  cancel(runs: readonly number[]): Promise<void> {
    return this.actions.cancel(runs)
  }

  async stop(run: number): Promise<RunSummary> {
    await this.cancel([run])
    return this.get(run)
  }

  retry(runs: readonly number[]): void {
    this.actions.retry(runs)
  }

  move(runs: readonly number[], before: number | null): void {
    this.actions.move(runs, before)
  }

  prioritise(runs: readonly number[], priority: number): void {
    this.actions.prioritise(runs, priority)
  }

  edit(run: number, change: JobChange): void {
    this.actions.edit(run, change)
  }

  replace(run: number, by: NewRun): RunSummary {
    return this.actions.replace(run, by)
  }

  undo(): Promise<JournalEntry> {
    return this.turn('undo')
  }

  redo(): Promise<JournalEntry> {
    return this.turn('redo')
  }

  /**
   * Changes what is wanted of jobs on behalf of a sweep, in one transaction with `also`. Resolves when those that had to stop have done so; what goes
   * wrong is thrown at once.
   */
  steer(patches: readonly WishPatch[], also: () => void = () => undefined): Promise<void> {
    this.store.transaction(() => {
      for (const { run, after } of patches) {
        this.store.jobs.change(run, after)
        this.journal.settle(run, Object.keys(after) as (keyof WishPatch['after'])[])
      }
      also()
    })
    return this.follow(patches.map(({ run }) => run))
  }

  async changeRate(run: number, learningRate: number): Promise<number> {
    const step = await changeRate(this.liveChanges, run, learningRate)
    this.changed([run])
    return step
  }

  pinCheckpoint(run: number, step: number, pinned: boolean): void {
    pinCheckpoint(this.liveChanges, run, step, pinned)
    this.changed([run])
  }

  get settings(): QueueSettings {
    return this.stored.current
  }

  /** Changes settings, as an action that can be taken back. */
  configure(change: Partial<QueueSettings>): QueueSettings {
    const before = this.settings
    const after = queueSettings.parse({ ...before, ...change })
    this.journal.act('settings', [], { before: before as JsonValue, after: after as JsonValue }, () =>
      this.stored.write(after),
    )
    this.settingsChanged()
    return after
  }

  /** Starts nothing more. Resolves when what trains has paused, where that is asked for. */
  hold(running: 'goOn' | 'pause'): Promise<QueueSettings> {
    return this.holdChanged(holdQueue(this.holdParts, running))
  }

  /** Starts again, and lets go on what was paused with it. */
  release(): Promise<QueueSettings> {
    return this.holdChanged(releaseQueue(this.holdParts))
  }

  /** Whether jobs may run now, and when that changes by itself. */
  windowState(): { open: boolean; changesAt: number | null } {
    return this.starter.windowState()
  }

  /** Devices that were set aside get another chance. */
  useAllDevices(): void {
    const waiting = this.store.jobs.inState('waiting')
    const { reasons } = this.health
    const freed = waiting.filter(({ reason }) => reason !== null && reasons.includes(reason))
    this.health.forget()
    for (const { run } of freed) this.store.jobs.change(run, { reason: null })
    this.changed(freed.map(({ run }) => run))
    this.starter.startNext()
  }

  get awake(): AwakeReport {
    return this.keepAwake.current
  }

  /** What went wrong with what the user wants done at an end, the last time. */
  get hookProblem(): string | null {
    return this.endTeller.problem
  }

  /** What the process of a run takes of the machine; null without one, or before it said so. */
  usageOf(run: number): TrainerUsage | null {
    return this.running.get(run)?.usage ?? null
  }

  /** Where a run trains now; undefined for one that does not. */
  deviceOf(run: number): string | undefined {
    return this.running.get(run)?.job.device
  }

  checkpointFolder(run: number): string {
    return this.folders.checkpointFolder(run)
  }

  logFile(run: number): string {
    return this.folders.logFile(run)
  }

  private async turn(direction: 'undo' | 'redo'): Promise<JournalEntry> {
    const entry = await this.actions.turn(direction, (settings) => this.stored.write(settings))
    this.settingsChanged()
    return entry
  }

  private async holdChanged(runs: readonly number[]): Promise<QueueSettings> {
    const followed = this.follow(runs)
    this.settingsChanged()
    await followed
    return this.settings
  }

  private settingsChanged(): void {
    this.changed([])
    this.starter.tick()
    this.updateAwake()
  }

  private entered(runs: readonly number[]): void {
    for (const run of runs) this.recorder.announce(run)
    this.changed(runs)
    this.starter.startNext()
  }

  /** What is wanted is written down already: a database that is locked now only delays that the jobs follow. */
  private follow(runs: readonly number[]): Promise<void> {
    let followed = (): void => undefined
    const promise = new Promise<void>((resolve) => (followed = resolve))
    this.retries.whenFree(() => {
      const stops = this.recorder.together(() => runs.map((run) => this.follower.follow(run)))
      this.changed(runs)
      this.starter.startNext()
      void Promise.all(stops.filter((stop) => stop !== undefined)).then(followed)
    })
    return promise
  }

  private left(run: number): void {
    this.endTeller.left(run)
    // It may have been resumed or retried while its process was ending.
    void this.follow([run])
    this.updateAwake()
  }

  private updateAwake(): void {
    if (!this.isClosing) this.keepAwake.want(this.running.size > 0 && this.settings.keepAwake)
  }

  private changed(runs: readonly number[]): void {
    this.emit('queue.changed', { runs: [...runs] })
  }
}
