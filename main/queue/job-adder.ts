/** Brings runs into the queue: as an action of the user, for a sweep, or as a run that has ended already. */
import type { JobOptions } from '../../experiments/queue/job-record.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'
import { inTurns } from './in-turns.ts'
import { wishes, type QueueJournal } from './queue-journal.ts'

export class JobAdder {
  private readonly store: Store
  private readonly journal: QueueJournal

  constructor(store: Store, journal: QueueJournal) {
    this.store = store
    this.journal = journal
  }

  /**
   * Adds a run as one action.
   * @param parent the checkpoint of another run that it begins from
   */
  add(run: NewRun, options: JobOptions, parent?: StoredParent): number {
    return this.store.transaction(() => {
      const added = this.insert(run, options)
      if (parent) this.store.reviews.setParent(added, parent)
      this.journal.added([added])
      return added
    })
  }

  /**
   * Adds runs, all or none, as one action. What they train is stored before, some at a time: a service that ends half way has queued nothing.
   */
  async addAll(runs: readonly NewRun[], options: JobOptions): Promise<number[]> {
    const experiments: number[] = []
    await inTurns(runs, (some) => experiments.push(...this.store.experiments.keep(some)))
    return this.store.transaction(() => {
      const added = this.insertAll(runs, experiments, options)
      this.journal.added(added)
      return added
    })
  }

  /**
   * Adds a run of a sweep. It is no action of the user, so there is nothing to take back. `link` is part of the same transaction: a run that is
   * there belongs to its trial.
   */
  addFor(run: NewRun, options: JobOptions, link: (run: number) => void): number {
    return this.store.transaction(() => {
      const added = this.insert(run, options)
      link(added)
      this.journal.settle(added, wishes)
      return added
    })
  }

  /** Gives a run that has ended in another studio its job here, so that it can be tried again. Part of the caller's transaction. */
  addEnded(run: number): void {
    this.store.jobs.enqueue(run, { intent: 'end' })
    this.store.jobs.finish([run])
    this.journal.settle(run, wishes)
  }

  /** The rows of a run and its job, at the end of those of its priority. Part of the caller's transaction, which also writes the journal. */
  insert(run: NewRun, options: JobOptions): number {
    return this.insertAll([run], this.store.experiments.keep([run]), options)[0] as number
  }

  private insertAll(runs: readonly NewRun[], experiments: readonly number[], options: JobOptions): number[] {
    const ids = this.store.runs.addAll(runs, experiments)
    const { priority, slots, pauseAfterEpoch } = options
    const isPaused = options.paused === true
    const common = {
      intent: isPaused ? 'pause' : 'go',
      ...(priority !== undefined && { priority }),
      ...(slots !== undefined && { slots }),
      pauseAfterEpoch: pauseAfterEpoch ?? null,
    } as const
    this.store.jobs.enqueueAll(
      ids,
      runs.map(({ device, cost }) => ({ ...common, ...(device !== undefined && { device }), ...cost })),
    )
    if (isPaused) this.store.runs.changeAll(ids, { status: 'paused' }, 'run.paused')
    return ids
  }
}
