/** Drops the rate by a factor every so many epochs. */
import { z } from 'zod'
import { defineSchedule, epochOf, power } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

export const stepSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('step'),
    /** Epochs between drops. */
    every: z.int().min(1).max(100_000),
    factor: z.number().positive().max(1).default(0.1),
    warmUp: warmUpSpec.optional(),
  }),
  factor: ({ every, factor }, time) => power(factor, Math.floor(epochOf(time) / every)),
})
