/**
 * Where a training stands between two steps, apart from its weights and optimizer state. Together they are everything: random numbers
 * are functions of (seed, purpose, epoch, index), so no generator has a state of its own to save.
 */
import { z } from 'zod'

const count = z.int().min(0)

export const trainingPosition = z.strictObject({
  /** Finished epochs. */
  epoch: count,
  /** Steps done since the run began. */
  step: count,
  /** Steps done in the epoch that is not finished: the data continues there. */
  stepInEpoch: count,
  /** Sums over the steps of the unfinished epoch. */
  epochSums: z.strictObject({
    /** Sum over examples. */
    loss: z.number(),
    correct: count,
    examples: count,
    /** Time spent training, without the time the run lay still. */
    seconds: z.number().min(0),
  }),
  best: z.strictObject({ epoch: count, accuracy: z.number() }).nullable(),
  /** Seed of every random stream. */
  seed: z.int().min(0),
  /** What schedules and early stopping remember, by the name of the mechanism. */
  schedules: z.record(z.string(), z.json()),
})
export type TrainingPosition = z.output<typeof trainingPosition>

export const emptyEpochSums: TrainingPosition['epochSums'] = { loss: 0, correct: 0, examples: 0, seconds: 0 }

export function firstPosition(seed: number): TrainingPosition {
  return { epoch: 0, step: 0, stepInEpoch: 0, epochSums: emptyEpochSums, best: null, seed, schedules: {} }
}
