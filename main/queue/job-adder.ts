/** Brings runs into the queue: as an action of the user, for a sweep, or as a run that has ended already. */
import type { JobOptions } from '../../experiments/queue/job-record.ts'
import { positionSpacing } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { StoredParent } from '../store/review-table.ts'
import type { NewRun } from '../store/run-table.ts'
import { wishes, type QueueJournal } from './queue-journal.ts'

export class JobAdder {
  private readonly store: Store
  private readonly journal: QueueJournal

  constructor(store: Store, journal: QueueJournal) {
    this.store = store
    this.journal = journal
  }

  /**
   * Adds runs, all or none, as one action.
   * @param parent the checkpoint of another run that they begin from
   */
  add(runs: readonly NewRun[], options: JobOptions, parent?: StoredParent): number[] {
    return this.store.transaction(() => {
      // The end of the line is asked for once: ten thousand may be added.
      const end = this.store.jobs.lastPosition(options.priority ?? 0)
      const added = runs.map((run, index) => this.insert(run, options, end + index * positionSpacing))
      if (parent) for (const run of added) this.store.reviews.setParent(run, parent)
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

  /** The rows of a run and its job, at the end of those of its priority by default. Part of the caller's transaction, which also writes the journal. */
  insert(run: NewRun, options: JobOptions, position?: number): number {
    const id = this.store.runs.add(run)
    const { priority, slots, pauseAfterEpoch } = options
    this.store.jobs.enqueue(id, {
      intent: options.paused === true ? 'pause' : 'go',
      ...(priority !== undefined && { priority }),
      ...(position !== undefined && { position }),
      ...(slots !== undefined && { slots }),
      pauseAfterEpoch: pauseAfterEpoch ?? null,
      ...(run.device !== undefined && { device: run.device }),
      ...run.cost,
    })
    if (options.paused === true) this.store.runs.change(id, { status: 'paused' }, 'run.paused', {})
    return id
  }
}
