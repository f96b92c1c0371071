/** Makes jobs do what is wanted of them: the state of a job follows its intent. */
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import type { RunRecorder } from './run-recorder.ts'
import type { RunningJobs } from './running-jobs.ts'

export interface FollowerParts {
  readonly store: Store
  readonly recorder: RunRecorder
  readonly running: RunningJobs
}

/** How long a trainer may take from a stop request to its last message before it is killed. */
export const stopGraceMs = 60_000

export class WishFollower {
  private readonly parts: FollowerParts

  constructor(parts: FollowerParts) {
    this.parts = parts
  }

  /** Returns a promise for each job that has to stop first, which resolves when it has done so. Part of `RunRecorder.together`. */
  follow(runs: readonly number[]): Promise<void>[] {
    const { store, running } = this.parts
    const stops: Promise<void>[] = []
    const settled: Job[] = []
    for (const job of store.jobs.getAll([...new Set(runs)])) {
      const active = running.get(job.run)
      if (active === undefined) settled.push(job)
      else if (job.intent !== 'go') stops.push(active.stop(stopGraceMs))
      else {
        active.send({ type: 'pauseAfter', epoch: job.pauseAfterEpoch })
        active.send({ type: 'stopAfter', epoch: job.stopAfterEpoch })
      }
    }
    this.settle(settled)
    return stops
  }

  /** Jobs without a process: thousands may be paused, cancelled or taken back at once, so those with the same way go together. */
  private settle(jobs: readonly Job[]): void {
    const { store, recorder } = this.parts
    const going = (intent: Job['intent'], ...states: Job['state'][]): number[] =>
      jobs.filter((job) => job.intent === intent && states.includes(job.state)).map(({ run }) => run)
    this.requeue(going('go', 'paused'), 'run.resumed')
    this.requeue(going('go', 'done'), 'run.retried')
    // Paused ones that were stopped or replaced, which is taken back: they are there again, and still paused.
    const ended = going('pause', 'done')
    const states = store.runs.states(ended, 'allow')
    const back = ended.filter((run) => states.get(run)?.status === 'stopped')
    this.requeue(back, 'run.retried')
    recorder.paused([...back, ...going('pause', 'waiting')], null)
    recorder.stopped(going('end', 'waiting', 'paused', 'running'))
    this.withdraw(going('withdraw', 'waiting', 'paused', 'running'))
  }

  private requeue(runs: readonly number[], event: 'run.resumed' | 'run.retried'): void {
    if (runs.length === 0) return
    const { store, recorder } = this.parts
    store.transaction(() => {
      const states = store.runs.states(runs, 'allow')
      const deleted = runs.filter((run) => states.get(run)?.deletedAt != null)
      if (deleted.length > 0) store.runs.restore(deleted)
      store.jobs.changeAll(runs, { state: 'waiting', reason: null, interruptions: 0 })
      store.runs.changeAll(runs, { status: 'queued', error: null, endedAt: null, endedEarly: null }, event)
    })
    recorder.announceAll(runs)
  }

  private withdraw(runs: readonly number[]): void {
    if (runs.length === 0) return
    const { store, recorder } = this.parts
    recorder.stopped(runs)
    store.runs.delete(runs)
    for (const run of runs) recorder.removed(run)
  }
}
