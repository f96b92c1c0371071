/** What keeps training from going astray: weight decay, clipped gradients, smoothed labels. */
import { z } from 'zod'

/**
 * Part of each weight that is taken away per unit of learning rate: added to the gradient (L2 penalty, as PyTorch's SGD, RMSprop and Adam
 * do), or beside it with AdamW.
 */
export const weightDecaySpec = z.number().min(0).max(10)

/** `kernels` leaves biases and the numbers of norms alone; `all` does not. */
export const weightDecayOnSpec = z.enum(['kernels', 'all'])

/** By value: each number is held between -value and value. By norm: all gradients are scaled down together where their norm is above it. */
export const gradientClipSpec = z.strictObject({
  norm: z.number().positive().max(1e9).optional(),
  value: z.number().positive().max(1e9).optional(),
})

export type GradientClip = z.output<typeof gradientClipSpec>

/** Share of the target that is spread evenly over all classes. */
export const labelSmoothingSpec = z.number().min(0).lt(1)
