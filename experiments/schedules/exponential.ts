/** Multiplies the rate by a factor after every epoch. */
import { z } from 'zod'
import { defineSchedule, epochOf, power } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

export const exponentialSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('exponential'),
    factor: z.number().positive().max(1).default(0.95),
    warmUp: warmUpSpec.optional(),
  }),
  factor: ({ factor }, time) => power(factor, epochOf(time)),
})
