/** In which order waiting jobs start: higher priorities first, then by hand or the shortest first. */
import type { QueueJob } from './job-record.ts'
import type { QueueSettings } from './queue-settings.ts'

export function inStartOrder(jobs: readonly QueueJob[], order: QueueSettings['order']): QueueJob[] {
  const byHand = (a: QueueJob, b: QueueJob): number => a.position - b.position || a.run - b.run
  const seconds = (job: QueueJob): number => job.estimate?.seconds ?? Number.MAX_VALUE
  const second = order === 'manual' ? byHand : (a: QueueJob, b: QueueJob) => seconds(a) - seconds(b) || byHand(a, b)
  return jobs.toSorted((a, b) => b.priority - a.priority || second(a, b))
}
