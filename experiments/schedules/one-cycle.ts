/**
 * Up to the full rate and down again to almost nothing, each along half a cosine. Smith, Topin: Super-Convergence, 2018, in PyTorch's form:
 * it begins at `initial` of the rate, reaches it after `rise` of the steps, and ends at `final`.
 */
import { z } from 'zod'
import { defineSchedule } from './schedule.ts'

export const oneCycleSchedule = defineSchedule({
  spec: z.strictObject({
    type: z.literal('one-cycle'),
    /** Share of the steps until the full rate. */
    rise: z.number().positive().lt(1).default(0.3),
    initial: z.number().positive().max(1).default(0.04),
    final: z.number().min(0).max(1).default(4e-6),
  }),
  factor: ({ rise, initial, final }, { step, steps }) => {
    const top = rise * steps - 1
    const last = steps - 1
    if (step <= top) return along(initial, 1, step / top)
    return along(1, final, last > top ? Math.min(1, (step - top) / (last - top)) : 1)
  },
})

function along(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2
}
