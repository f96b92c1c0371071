/**
 * Drops the rate when results on held-out examples have stopped getting better: after more than `patience` epochs in a row without an
 * improvement by `threshold`, relative to the best. PyTorch's ReduceLROnPlateau.
 */
import { z } from 'zod'
import { defineSchedule } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

const memorySpec = z.strictObject({
  factor: z.number(),
  best: z.number().nullable(),
  badEpochs: z.int(),
  cooldownLeft: z.int(),
})

const start: z.output<typeof memorySpec> = { factor: 1, best: null, badEpochs: 0, cooldownLeft: 0 }

export const reduceOnPlateauSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('reduce-on-plateau'),
    /** Of validation, or of training when nothing is held out. */
    metric: z.enum(['loss', 'accuracy']).default('loss'),
    factor: z.number().positive().lt(1).default(0.1),
    /** Epochs without improvement that are forgiven. */
    patience: z.int().min(0).max(100_000).default(10),
    threshold: z.number().min(0).max(1).default(1e-4),
    /** Epochs after a drop that do not count. */
    cooldown: z.int().min(0).max(100_000).default(0),
    /** Part of the rate below which it does not go. */
    minimum: z.number().min(0).max(1).default(0),
    warmUp: warmUpSpec.optional(),
  }),
  factor: (_spec, _time, memory) => (memory === undefined ? 1 : memorySpec.parse(memory).factor),
  learn: (spec, memory, outcome) => {
    const { factor, best, badEpochs, cooldownLeft } = memory === undefined ? start : memorySpec.parse(memory)
    const value = outcome[spec.metric]
    const limit = (known: number) =>
      spec.metric === 'loss' ? value < known * (1 - spec.threshold) : value > known * (1 + spec.threshold)
    const isBetter = best === null || limit(best)
    const bad = isBetter || cooldownLeft > 0 ? 0 : badEpochs + 1
    const drops = bad > spec.patience
    return {
      factor: drops ? Math.max(spec.minimum, factor * spec.factor) : factor,
      best: isBetter ? value : best,
      badEpochs: drops ? 0 : bad,
      cooldownLeft: drops ? spec.cooldown : Math.max(0, cooldownLeft - 1),
    }
  },
})
