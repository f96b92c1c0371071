/** The optimizers an experiment may name, with the defaults of Keras and PyTorch where the two agree, else those of PyTorch. */
import { z } from 'zod'

const share = z.number().min(0).lt(1)
const epsilon = z.number().positive().max(1)

const sgd = z
  .strictObject({
    type: z.literal('sgd'),
    /** Share of the previous update that is kept; 0 is plain gradient descent. */
    momentum: z.number().min(0).lt(1).default(0),
    /** Looks ahead: takes the gradient where momentum will have carried the weights. */
    nesterov: z.boolean().default(false),
  })
  .refine(({ momentum, nesterov }) => !nesterov || momentum > 0, {
    path: ['nesterov'],
    message: 'needs a momentum above 0, for example 0.9',
  })

const rmsprop = z.strictObject({
  type: z.literal('rmsprop'),
  /** Share of the previous mean square that is kept. */
  decay: share.default(0.99),
  momentum: share.default(0),
  /** Keeps the divisor away from 0. */
  epsilon: epsilon.default(1e-8),
})

const moments = {
  /** Share of the previous mean gradient that is kept. */
  beta1: share.default(0.9),
  /** Share of the previous mean square that is kept. */
  beta2: share.default(0.999),
  epsilon: epsilon.default(1e-8),
}

const adam = z.strictObject({ type: z.literal('adam'), ...moments })
const adamw = z.strictObject({ type: z.literal('adamw'), ...moments })

export const optimizerSpec = z.discriminatedUnion('type', [sgd, rmsprop, adam, adamw])

export type OptimizerSpec = z.output<typeof optimizerSpec>
/** What a person writes: defaults may be left out. */
export type OptimizerSpecInput = z.input<typeof optimizerSpec>
