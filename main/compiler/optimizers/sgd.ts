/**
 * Stochastic gradient descent: v' = momentum v + g, w' = w - learning rate v'; without momentum nothing is kept and v' = g. Nesterov's form
 * takes g + momentum v' instead of v' (Sutskever et al. 2013). As in PyTorch the learning rate is no part of v: changing it acts at once.
 */
import { constant } from '../../../experiments/ops/constant.ts'
import { add } from '../../../experiments/ops/add.ts'
import { multiply } from '../../../experiments/ops/multiply.ts'
import { subtract } from '../../../experiments/ops/subtract.ts'
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import type { Optimizer } from './optimizer.ts'

export const sgd: Optimizer<Extract<OptimizerSpec, { type: 'sgd' }>> = {
  type: 'sgd',
  state: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  update: (b, { weight, gradient, learningRate, state }, { momentum, nesterov }) => {
    const [velocity] = state
    const next = velocity ? add(b, multiply(b, velocity, constant(b, momentum)), gradient) : gradient
    const direction = velocity && nesterov ? add(b, gradient, multiply(b, next, constant(b, momentum))) : next
    return { weight: subtract(b, weight, multiply(b, direction, learningRate)), state: velocity ? [next] : [] }
  },
}
