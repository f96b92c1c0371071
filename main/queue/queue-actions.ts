/**
 * What the user does with jobs. Each action is checked, written into the journal as new wishes, which makes it undoable, and the jobs then
 * follow their wishes.
 */
import { StudioError, type JsonValue } from '../../experiments/errors/studio-error.ts'
import type { QueueAction } from '../../experiments/queue/job-record.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { positionSpacing, type Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { NewRun } from '../store/run-table.ts'
import type { JobAdder } from './job-adder.ts'
import type { JournalEntry, QueueJournal, Wish } from './queue-journal.ts'
import { remembered } from './remembered.ts'
import type { RunRecorder } from './run-recorder.ts'
import type { RunningJobs } from './running-jobs.ts'

export interface QueueActionsParts {
  readonly store: Store
  readonly journal: QueueJournal
  readonly recorder: RunRecorder
  readonly running: RunningJobs
  readonly adder: JobAdder
  /** Lets jobs do what is wanted of them; resolves when those that had to stop have done so, and never rejects. */
  readonly follow: (runs: readonly number[]) => Promise<void>
}

/** `current` is the epoch that is being trained. */
export interface JobChange {
  readonly pauseAfterEpoch?: number | 'current' | null
  readonly stopAfterEpoch?: number | 'current' | null
  readonly slots?: number
}

export interface WishPatch {
  readonly run: number
  readonly after: Wish
}

export class QueueActions {
  private readonly parts: QueueActionsParts
  private readonly store: Store

  constructor(parts: QueueActionsParts) {
    this.parts = parts
    this.store = parts.store
  }

  /** Resolves when they have paused: at once for waiting ones, after a checkpoint for running ones, whose processes are gone then. */
  async pause(runs: readonly number[]): Promise<void> {
    expectState(this.store, runs, ['waiting', 'running', 'paused'], 'paused')
    await this.want(
      'paused',
      runs.map((run) => ({ run, after: { intent: 'pause' } })),
    )
  }

  /** Paused ones wait again, at the head of those of their priority where they had begun. */
  resume(runs: readonly number[], options: { readonly pauseAfterEpoch?: number | null } = {}): Promise<void> {
    const jobs = expectState(this.store, runs, ['paused', 'waiting', 'running'], 'resumed')
    const { pauseAfterEpoch = null } = options
    if (pauseAfterEpoch !== null) for (const run of runs) this.expectEpochAhead(run, pauseAfterEpoch)
    const head = remembered((priority: number) => this.store.jobs.firstPosition(priority))
    const states = this.store.runs.states(runs)
    const patches = jobs.map(({ run, priority }) => {
      const begun = states.get(run)?.startedAt != null
      const position = begun ? { position: head(priority) } : {}
      return { run, after: { intent: 'go', pauseAfterEpoch, ...position } as const }
    })
    return this.want('resumed', patches)
  }

  /** Resolves when the runs have stopped: at once for waiting ones, after their checkpoint for running ones. */
  async cancel(runs: readonly number[]): Promise<void> {
    expectState(this.store, runs, ['waiting', 'running', 'paused'], 'stopped')
    await this.want(
      'cancelled',
      runs.map((run) => ({ run, after: { intent: 'end' } })),
    )
  }

  /** Failed and stopped runs go on from their last checkpoint. */
  retry(runs: readonly number[]): Promise<void> {
    for (const [run, { status }] of this.store.runs.states(runs)) {
      if (status !== 'failed' && status !== 'stopped') throw wrongState(run, status, 'tried again', 'failed or stopped')
    }
    const { jobs } = this.store
    const priorities = new Map(jobs.getAll(runs).map(({ run, priority }) => [run, priority]))
    const last = remembered((priority: number) => jobs.lastPosition(priority))
    return this.want(
      'retried',
      runs.map((run, index) => ({ run, after: { intent: 'go', position: last(priorities.get(run) ?? 0) + index } })),
    )
  }

  /** Puts open jobs right before another one, in their order and with its priority, or behind all. */
  move(runs: readonly number[], before: number | null): Promise<void> {
    expectState(this.store, runs, ['waiting', 'paused', 'running'], 'moved')
    const { jobs } = this.store
    const next = before === null ? undefined : jobs.get(before)
    if (before !== null && (next === undefined || next.state === 'done' || runs.includes(before))) {
      throw new StudioError('run-state', `run ${before} is not a place in the queue to move to`, { run: before })
    }
    const priority = next?.priority ?? Math.min(jobs.lowestPriority() ?? 0, 0)
    const positions = jobs.positionsBefore(next, priority, runs.length)
    const patches = positions
      ? runs.map((run, index) => ({ run, after: { priority, position: positions[index] as number } }))
      : this.spreadOut(runs, before, priority)
    return this.want('moved', patches)
  }

  prioritise(runs: readonly number[], priority: number): Promise<void> {
    expectState(this.store, runs, ['waiting', 'paused', 'running'], 'given a priority')
    const last = this.store.jobs.lastPosition(priority)
    const patches = runs.map((run, index) => ({ run, after: { priority, position: last + index * positionSpacing } }))
    return this.want('moved', patches)
  }

  /** Changes what was said of a job when it was queued. */
  edit(run: number, options: JobChange): Promise<void> {
    const { slots } = options
    const states = slots === undefined ? (['waiting', 'paused', 'running'] as const) : (['waiting', 'paused'] as const)
    expectState(this.store, [run], states, 'changed')
    const done = this.epochsOf(run)
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
    return this.want('edited', [{ run, after }])
  }

  /**
   * Puts another experiment in the place of one that has not begun, as one action. Its run gets a new number: what a run trains never changes.
   */
  replace(run: number, by: NewRun): RunSummary {
    const { journal, recorder, adder, follow } = this.parts
    expectState(this.store, [run], ['waiting', 'paused'], 'changed')
    if (this.store.runs.get(run).startedAt !== null) {
      const message = `run ${run} has begun already; branch it instead, or queue the changed experiment beside it`
      throw new StudioError('run-state', message, { run })
    }
    const job = this.store.jobs.get(run)
    if (job === undefined) throw new Error(`run ${run} is in the queue without a job`)
    const { priority, slots, pauseAfterEpoch, position } = job
    const epochs = by.spec.train.epochs
    const id = this.store.transaction(() => {
      const added = adder.insert(by, {
        ...{ priority, slots, paused: job.state === 'paused' },
        pauseAfterEpoch: pauseAfterEpoch !== null && pauseAfterEpoch < epochs ? pauseAfterEpoch : null,
      })
      this.store.jobs.change(added, { position })
      journal.replaced(run, added)
      return added
    })
    recorder.announce(id)
    void follow([run, id])
    return this.store.runs.get(id)
  }

  /** Takes the last action back, or brings the last undone one again. `applySettings` gets the settings where those changed. */
  async turn(direction: 'undo' | 'redo', applySettings: (settings: JsonValue) => void): Promise<JournalEntry> {
    const { journal, follow } = this.parts
    const check = (entry: JournalEntry) => this.expectUndoable(entry, direction)
    const entry = journal.turn(direction, check, applySettings)
    await follow(entry.changes.map(({ run }) => run))
    return entry
  }

  /** Changes what is wanted of jobs on behalf of a sweep, in one transaction with `also`. Nobody's action: there is nothing to take back. */
  steer(patches: readonly WishPatch[], also: () => void = () => undefined): void {
    const { journal, follow } = this.parts
    this.store.transaction(() => {
      this.store.jobs.changeEach(patches)
      for (const { run, after } of patches) journal.settle(run, Object.keys(after) as (keyof Wish)[])
      also()
    })
    void follow(patches.map(({ run }) => run))
  }

  /** Resolves when none of these runs has a process any more that was asked to end. */
  async stopped(runs: readonly number[]): Promise<void> {
    const { running } = this.parts
    const ends = runs.flatMap((run) => {
      const active = running.get(run)
      return active?.isStopping === true ? [active.gone] : []
    })
    await Promise.all(ends)
  }

  /**
   * Changes intents, and lets the jobs follow. Resolves when those that had to stop have done so. What goes wrong is thrown at once, so that the
   * promise may be left alone.
   */
  private want(action: QueueAction, patches: readonly WishPatch[]): Promise<void> {
    this.parts.journal.act(action, patches)
    return this.parts.follow(patches.map(({ run }) => run))
  }

  private expectUndoable({ action, changes }: JournalEntry, direction: 'undo' | 'redo'): void {
    if (action !== 'added' || direction === 'redo') return
    const states = this.store.runs.states(
      changes.map(({ run }) => run),
      'allow',
    )
    const hasBegun = (run: number) => states.get(run)?.startedAt != null || this.parts.running.get(run) !== undefined
    const begun = changes.find(({ run }) => hasBegun(run))
    if (begun) {
      const message = `run ${begun.run} has begun already; stop it instead of taking back that it was queued`
      throw new StudioError('run-state', message, { run: begun.run })
    }
  }

  private expectEpochAhead(run: number, epoch: number | null): void {
    const done = this.epochsOf(run)
    if (epoch === null || epoch > done) return
    const message = `run ${run} has finished epoch ${done}; it can pause or end after a later one only, not after ${epoch}`
    throw new StudioError('out-of-range', message, { run, epoch, done })
  }

  private epochsOf(run: number): number {
    return this.store.runs.get(run).lastEpoch?.epoch ?? 0
  }

  private spreadOut(runs: readonly number[], before: number | null, priority: number): WishPatch[] {
    const moving = new Set(runs)
    const open = this.store.jobs.inState('waiting', 'paused', 'running').filter((job) => job.priority === priority)
    const line = open.map(({ run }) => run).filter((run) => !moving.has(run))
    line.splice(before === null ? line.length : line.indexOf(before), 0, ...runs)
    return line.map((run, index) => ({ run, after: { priority, position: index * positionSpacing } }))
  }
}

/** Returns their jobs. @throws StudioError `run-state` where a run is not in one of these states; `done` says what cannot be done to it then */
export function expectState(
  store: Store,
  runs: readonly number[],
  states: readonly Job['state'][],
  done: string,
): Job[] {
  const jobs = store.jobs.getAll(runs)
  const right = new Set(jobs.filter(({ state }) => states.includes(state)).map(({ run }) => run))
  const wrong = runs.find((run) => !right.has(run))
  if (wrong === undefined) return jobs
  const { status } = store.runs.get(wrong)
  const needed = states.length > 2 ? 'queued, running or paused' : states.join(' or ')
  throw wrongState(wrong, status, done, needed)
}

function wrongState(run: number, status: string, done: string, needed: string): StudioError {
  return new StudioError('run-state', `run ${run} is ${status}; only a ${needed} one can be ${done}`, { run, status })
}
