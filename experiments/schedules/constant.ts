/** The rate stays. */
import { z } from 'zod'
import { defineSchedule } from './schedule.ts'
import { warmUpSpec } from './warm-up.ts'

export const constantSchedule = defineSchedule({
  spec: z.strictObject({ type: z.literal('constant'), warmUp: warmUpSpec.optional() }),
  factor: () => 1,
})
