/**
 * Grows exponentially from the rate itself to `growth` times it at the last step. It trains nothing of use: the losses along the way tell which rates
 * a network takes, see experiments/tuning/answers/learning-rate-range.ts. Smith: Cyclical Learning Rates, WACV 2017.
 */
import { z } from 'zod'
import { defineSchedule } from './schedule.ts'

export const rangeTestSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('range-test'),
    growth: z.number().min(1).max(1e12).default(100_000),
  }),
  factor: ({ growth }, { step, steps }) => growth ** (step / Math.max(1, steps - 1)),
})
