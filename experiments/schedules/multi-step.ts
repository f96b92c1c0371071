/** Drops the rate by a factor after given epochs: after 81 and 122 of 164 for the residual networks on CIFAR-10 (He et al. 2015). */
import { z } from 'zod'
import { defineSchedule, epochOf, power } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

export const multiStepSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('multi-step'),
    /** Finished epochs after which the rate drops. */
    epochs: z.array(z.int().min(1).max(100_000)).min(1).max(1000),
    factor: z.number().positive().max(1).default(0.1),
    warmUp: warmUpSpec.optional(),
  }),
  factor: ({ epochs, factor }, time) => power(factor, epochs.filter((epoch) => epochOf(time) >= epoch).length),
})
