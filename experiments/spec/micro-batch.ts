/**
 * Gradient accumulation: the batch of a step goes through the network in equal parts, and one update follows their averaged gradients. It
 * takes the memory of a part and gives the losses of the whole batch up to rounding, apart from batch statistics, which are those of a part.
 */
import { z } from 'zod'

export const microBatchSpec = z.int().min(1).max(65_536)

/** Whether a batch can be split into such parts. */
export function isMicroBatch(batchSize: number, microBatch: number): boolean {
  return Number.isInteger(microBatch) && microBatch >= 1 && batchSize % microBatch === 0
}

/**
 * The next smaller part to try where a device has too little memory for `microBatch` examples: the largest divisor of the batch that is at
 * most half of it. A run may continue from its checkpoint with it (`microBatch` of the trainer's job); the batch, and so the schedule, stay.
 * @returns undefined when a single example did not fit
 */
export function smallerMicroBatch(batchSize: number, microBatch: number): number | undefined {
  for (let size = Math.floor(microBatch / 2); size >= 1; size--) if (batchSize % size === 0) return size
  return undefined
}
