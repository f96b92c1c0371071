/**
 * Half a cosine from the full rate down to `final` of it, over what a warm-up leaves of the run; changes with every step.
 * Loshchilov, Hutter: SGDR, 2017, without restarts.
 */
import { z } from 'zod'
import { defineSchedule } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

export const cosineSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('cosine'),
    /** Part of the rate that is left at the end. */
    final: z.number().min(0).max(1).default(0),
    warmUp: warmUpSpec.optional(),
  }),
  factor: ({ final }, { step, steps, warmUpSteps }) => {
    const done = Math.max(0, step - warmUpSteps) / Math.max(1, steps - warmUpSteps)
    return final + ((1 - final) * (1 + Math.cos(Math.PI * Math.min(done, 1)))) / 2
  },
})
