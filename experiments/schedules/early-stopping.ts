/**
 * Ends a run when results on held-out examples have stopped getting better: after `patience` epochs in a row without an improvement of more
 * than `minDelta`, as Keras counts them. What it remembers is part of every checkpoint.
 */
import { z } from 'zod'
import type { EpochOutcome } from './schedule.ts'

export const earlyStoppingSpec = z.strictObject({
  /** Of validation, or of training when nothing is held out. */
  metric: z.enum(['loss', 'accuracy']).default('loss'),
  /** Epochs in a row without improvement after which the run ends. */
  patience: z.int().min(1).max(100_000).default(10),
  /** Changes up to this do not count as improvement. */
  minDelta: z.number().min(0).max(1000).default(0),
})
export type EarlyStoppingSpec = z.output<typeof earlyStoppingSpec>

const memorySpec = z.strictObject({ best: z.number(), badEpochs: z.int() })

/** What is remembered after an epoch. */
export function learnImprovement(
  { metric, minDelta }: EarlyStoppingSpec,
  memory: unknown,
  outcome: EpochOutcome,
): z.output<typeof memorySpec> {
  const value = outcome[metric]
  if (memory === undefined) return { best: value, badEpochs: 0 }
  const { best, badEpochs } = memorySpec.parse(memory)
  const isBetter = metric === 'loss' ? value < best - minDelta : value > best + minDelta
  return isBetter ? { best: value, badEpochs: 0 } : { best, badEpochs: badEpochs + 1 }
}

export function stopsEarly({ patience }: EarlyStoppingSpec, memory: unknown): boolean {
  return memory !== undefined && memorySpec.parse(memory).badEpochs >= patience
}
