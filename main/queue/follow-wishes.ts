/** Makes jobs do what is wanted of them: the state of a job follows its intent. */
import { assertNever } from '../../experiments/errors/studio-error.ts'
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

  /** The promise of a job that has to stop first resolves when it has done so. */
  follow(run: number): Promise<void> | undefined {
    const { store, recorder, running } = this.parts
    const job = store.jobs.get(run)
    if (job === undefined) return undefined
    const active = running.get(run)
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
        if (job.state === 'done' && store.runs.get(run, 'allow').status === 'stopped') {
          this.requeue(job)
          recorder.paused(run, null)
        } else if (job.state === 'waiting') recorder.paused(run, null)
        return undefined
      case 'end':
        if (job.state !== 'done') recorder.stopped(run)
        return undefined
      case 'withdraw':
        if (job.state !== 'done') this.withdraw(run)
        return undefined
      default:
        return assertNever(job.intent)
    }
  }

  private requeue({ run, state }: Job): void {
    const { store, recorder } = this.parts
    store.transaction(() => {
      const { deletedAt } = store.runs.deletion(run)
      if (deletedAt !== null) store.runs.restore([run])
      store.jobs.change(run, { state: 'waiting', reason: null, interruptions: 0 })
      const event = state === 'paused' ? 'run.resumed' : 'run.retried'
      store.runs.change(run, { status: 'queued', error: null, endedAt: null, endedEarly: null }, event)
    })
    recorder.announce(run)
  }

  private withdraw(run: number): void {
    const { store, recorder } = this.parts
    recorder.stopped(run)
    store.runs.delete([run])
    recorder.removed(run)
  }
}
