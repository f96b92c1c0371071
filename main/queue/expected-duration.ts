/**
 * How long a job will take: by the measured time of a step of the same network, batch and data on the same device, else by its
 * multiply-adds and the rate measured there, else by a rate that any computer of today reaches.
 */
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'

export type EstimateBasis = 'measured' | 'multiply-adds'

export interface DurationEstimate {
  readonly seconds: number
  readonly basis: EstimateBasis
}

/** Multiply-adds a second. */
const assumedRate = 10e9

/** Of what is left to do; undefined when nothing is known of the job. */
export function estimateDuration({ jobs, runs }: Store, job: Job): DurationEstimate | undefined {
  const { step, steps } = runs.get(job.run, 'allow').progress
  const left = Math.max(0, steps - step)
  const measured = job.networkHash === null ? undefined : jobs.measuredSecondsPerStep(job.networkHash, job.device)
  if (measured !== undefined) return { seconds: left * measured, basis: 'measured' }
  if (job.macs === null) return undefined
  return { seconds: (left * job.macs) / (jobs.measuredRate(job.device) ?? assumedRate), basis: 'multiply-adds' }
}

/** For an order: a job of which nothing is known comes last. */
export function expectedSeconds(store: Store, job: Job): number {
  return estimateDuration(store, job)?.seconds ?? Number.POSITIVE_INFINITY
}
