/**
 * The queue as the rest of the service uses it, and the one place where its parts are put together. What the user wants of each job (its intent)
 * and what it does (its state) are in the store; the parts make the second follow the first. A service that was killed finds everything again
 * when it starts.
 */
import type { AwakeReport, JobOptions } from '../../experiments/queue/job-record.ts'
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
import { FollowInTurns } from './follow-in-turns.ts'
import { WishFollower } from './follow-wishes.ts'
import { inTurns } from './in-turns.ts'
import { JobAdder } from './job-adder.ts'
import { KeepAwake } from './keep-awake.ts'
import { BusyRetries } from './busy-retries.ts'
import { changeRate, pinCheckpoint, type LiveChangesParts } from './live-changes.ts'
import { JobStarter } from './plan/job-starter.ts'
import { QueueActions } from './queue-actions.ts'
import { QueueControl } from './queue-control.ts'
import { QueueJournal } from './queue-journal.ts'
import { recoverRun } from './recover-run.ts'
import { runFolders, type RunFolders } from './run-folders.ts'
import { RunRecorder } from './run-recorder.ts'
import { RunningJobs } from './running-jobs.ts'
import { StoredSettings } from './stored-settings.ts'
import type { StudioEmitter } from './studio-events.ts'
import type { ProcessCommand } from '../processes/process-command.ts'
import { trainerJob } from './trainer-job.ts'
import { GraphicsCards } from './plan/graphics-cards.ts'
import { MachineMemory, type FreeMemoryOf } from './plan/memory-room.ts'

export interface RunQueueOptions {
  readonly home: string
  readonly store: Store
  readonly trainer: ProcessCommand
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
  /** What can be done with jobs, and with the queue as a whole. */
  readonly actions: QueueActions
  readonly control: QueueControl
  private readonly store: Store
  private readonly emit: StudioEmitter
  private readonly folders: RunFolders
  private readonly health = new DeviceHealth()
  private readonly running: RunningJobs
  private readonly starter: JobStarter
  private readonly turns: FollowInTurns
  private readonly adder: JobAdder
  private readonly endTeller: EndTeller
  private readonly keepAwake = new KeepAwake(() => this.changed([]))
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
    const settings = new StoredSettings(store)
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
    const turns = (this.turns = new FollowInTurns({
      ...{ recorder, retries: this.retries, follower: new WishFollower({ store, recorder, running }) },
      followed: (runs) => {
        changed(runs)
        startNext()
      },
    }))
    const follow = (runs: readonly number[]) => turns.follow(runs)
    const adder = (this.adder = new JobAdder(store, journal))
    const actions = (this.actions = new QueueActions({ store, journal, recorder, running, adder, follow }))
    this.control = new QueueControl({
      ...{ store, journal, settings, clock, actions, follow },
      settingsChanged: () => this.settingsChanged(),
    })
    this.endTeller = new EndTeller({
      ...{ store, settings },
      activeRuns: () => this.activeRuns(),
      changed: () => changed([]),
      whenFree: (action) => this.retries.whenFree(action),
    })
    this.liveChanges = { store, recorder, running }
    this.recover = (run) => recoverRun({ store, recorder, files, folders }, run)
  }

  /** Takes up what a killed service left, and starts what may run. */
  start(): void {
    for (const run of this.store.jobs.running().toReversed()) this.recover(run)
    const astray = this.store.jobs.astray()
    if (astray.length > 0) void this.turns.follow(astray)
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
    const id = this.adder.add(run, options, parent)
    this.recorder.announce(id)
    this.entered([id])
    return this.get(id)
  }

  /** Adds runs, all or none, as one action; see `JobAdder.addAll`. */
  async enqueueAll(runs: readonly NewRun[], options: JobOptions = {}): Promise<RunSummary[]> {
    const ids = await this.adder.addAll(runs, options)
    const added: RunSummary[] = []
    await inTurns(ids, (some) => {
      const states = this.store.runs.states(some, 'allow')
      const summaries = this.store.runs.getAll(some)
      // Somebody may have taken it back since.
      this.recorder.tell(summaries.filter(({ id }) => states.get(id)?.deletedAt === null))
      added.push(...summaries)
    })
    this.entered(ids)
    return added
  }

  /** Adds a run of a sweep; see `JobAdder.addFor`. */
  enqueueFor(run: NewRun, options: JobOptions, link: (run: number) => void): number {
    const id = this.adder.addFor(run, options, link)
    this.recorder.announce(id)
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

  async stop(run: number): Promise<RunSummary> {
    await this.actions.cancel([run])
    return this.get(run)
  }

  /** Changes the learning rate of an open run; answers with the step from which it holds. */
  async changeRate(run: number, learningRate: number): Promise<number> {
    const step = await changeRate(this.liveChanges, run, learningRate)
    this.changed([run])
    return step
  }

  pinCheckpoint(run: number, step: number, pinned: boolean): void {
    pinCheckpoint(this.liveChanges, run, step, pinned)
    this.changed([run])
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
    const runs = freed.map(({ run }) => run)
    this.store.jobs.changeAll(runs, { reason: null })
    this.changed(runs)
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

  private settingsChanged(): void {
    this.changed([])
    this.starter.tick()
    this.updateAwake()
  }

  private entered(runs: readonly number[]): void {
    this.changed(runs)
    this.starter.startNext()
  }

  private left(run: number): void {
    this.endTeller.left(run)
    // It may have been resumed or retried while its process was ending.
    void this.turns.follow([run])
    this.updateAwake()
  }

  private updateAwake(): void {
    if (!this.isClosing) this.keepAwake.want(this.running.size > 0 && this.control.settings.keepAwake)
  }

  private changed(runs: readonly number[]): void {
    this.emit('queue.changed', { runs: [...runs] })
  }
}
