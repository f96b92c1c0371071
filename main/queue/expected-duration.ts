/**
 * How long a job will take: by the measured time of a step of the same network, batch and data on the same device, else by its
 * multiply-adds and the rate measured there, else by a rate that any computer of today reaches.
 */
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'
import { remembered } from './remembered.ts'

export type EstimateBasis = 'measured' | 'multiply-adds'

export interface DurationEstimate {
  readonly seconds: number
  readonly basis: EstimateBasis
}

/** Multiply-adds a second. */
const assumedRate = 10e9

/** Of what is left to do; undefined when nothing is known of the job. Remembers what it asked the store, so it is made anew for each answer. */
export function durationEstimator({ jobs }: Store): (job: Job) => DurationEstimate | undefined {
  const stepsLeft = jobs.stepsLeft()
  const secondsPerStep = remembered((hash: string, device: string) => jobs.measuredSecondsPerStep(hash, device))
  const rate = remembered((device: string) => jobs.measuredRate(device) ?? assumedRate)
  return ({ run, device, networkHash, macs }) => {
    const left = stepsLeft.get(run) ?? 0
    const measured = networkHash === null ? undefined : secondsPerStep(networkHash, device)
    if (measured !== undefined) return { seconds: left * measured, basis: 'measured' }
    return macs === null ? undefined : { seconds: (left * macs) / rate(device), basis: 'multiply-adds' }
  }
}
