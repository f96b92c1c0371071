/** What can be changed of a run without stopping it, each an event of the run: its learning rate, and which of its checkpoints stay for good. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { Store } from '../store/open-store.ts'
import { expectState } from './queue-actions.ts'
import type { RunRecorder } from './run-recorder.ts'
import type { RunningJobs } from './running-jobs.ts'

export interface LiveChangesParts {
  readonly store: Store
  readonly recorder: RunRecorder
  readonly running: RunningJobs
}

/**
 * Sets the learning rate of an open run, from its next step on, and answers with that step, counted from 0. A run without a process goes on
 * with it from its last checkpoint.
 */
export async function changeRate(parts: LiveChangesParts, run: number, learningRate: number): Promise<number> {
  const { store, recorder, running } = parts
  const done = 'given another learning rate'
  expectState(store, [run], ['waiting', 'running', 'paused'], done)
  const active = running.get(run)
  const heard = active && !active.isStopping ? await active.changeRate(learningRate) : undefined
  if (heard !== undefined) return heard
  // Its process is gone or going: what counts is where the next one begins.
  await active?.gone
  expectState(store, [run], ['waiting', 'paused'], done)
  const step = store.checkpoints.list(run)[0]?.step ?? 0
  recorder.rateChanged(run, { step, epoch: store.runs.get(run).lastEpoch?.epoch ?? 0, learningRate })
  return step
}

/** Keeps a checkpoint for good, or lets it go again; one that another run begins from stays. */
export function pinCheckpoint({ store, recorder }: LiveChangesParts, run: number, step: number, pinned: boolean): void {
  const { checkpoints, reviews, events } = store
  const checkpoint = checkpoints.list(run).find((candidate) => candidate.step === step)
  if (!checkpoint)
    throw new StudioError('file-not-found', `run ${run} has no checkpoint of step ${step}`, { run, step })
  if (!pinned && reviews.beginsFrom(run, step)) {
    const message = `another run begins from the checkpoint of step ${step}; it has to stay`
    throw new StudioError('run-state', message, { run, step })
  }
  store.transaction(() => {
    if (pinned) checkpoints.pin(checkpoint.id)
    else checkpoints.unpin(checkpoint.id)
    events.append(run, pinned ? 'run.pinned' : 'run.unpinned', { step })
  })
  recorder.announce(run)
}
