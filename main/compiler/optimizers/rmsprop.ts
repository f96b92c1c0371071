/**
 * RMSProp: s' = decay s + (1 - decay) g^2, w' = w - learning rate g / (sqrt(s') + epsilon); with momentum that quotient is gathered in a
 * velocity first. Tieleman, Hinton: Lecture 6.5, 2012; epsilon outside of the root as in PyTorch.
 */
import { add } from '../../../experiments/ops/add.ts'
import { constant } from '../../../experiments/ops/constant.ts'
import { divide } from '../../../experiments/ops/divide.ts'
import { inputAt } from '../../../experiments/ops/expect-type.ts'
import { multiply } from '../../../experiments/ops/multiply.ts'
import { sqrt } from '../../../experiments/ops/sqrt.ts'
import { subtract } from '../../../experiments/ops/subtract.ts'
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { movingAverage } from './moving-average.ts'
import type { Optimizer } from './optimizer.ts'

export const rmsprop: Optimizer<Extract<OptimizerSpec, { type: 'rmsprop' }>> = {
  type: 'rmsprop',
  state: ({ momentum }) => (momentum === 0 ? ['square'] : ['square', 'velocity']),
  update: (b, { weight, gradient, learningRate, state }, { decay, momentum, epsilon }) => {
    const velocity = state[1]
    const square = movingAverage(b, inputAt(state, 0), multiply(b, gradient, gradient), decay)
    const scaled = divide(b, gradient, add(b, sqrt(b, square), constant(b, epsilon)))
    const next = velocity ? add(b, multiply(b, velocity, constant(b, momentum)), scaled) : scaled
    return {
      weight: subtract(b, weight, multiply(b, next, learningRate)),
      state: velocity ? [square, next] : [square],
    }
  },
}
