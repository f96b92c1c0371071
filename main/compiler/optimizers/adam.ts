/**
 * Adam: m' = beta1 m + (1 - beta1) g, s' = beta2 s + (1 - beta2) g^2, w' = w - learning rate (m' / c1) / (sqrt(s' / c2) + epsilon). Both
 * averages start at zero; c = 1 - beta^t is the weight that their t terms have together. It is kept as the average of ones,
 * c' = beta c + (1 - beta): exact in float32, where 1 - beta^t loses digits. Kingma, Ba 2015.
 */
import { add } from '../../../experiments/ops/add.ts'
import { constant } from '../../../experiments/ops/constant.ts'
import { divide } from '../../../experiments/ops/divide.ts'
import { inputAt } from '../../../experiments/ops/expect-type.ts'
import { multiply } from '../../../experiments/ops/multiply.ts'
import type { OpEmitter, Value } from '../../../experiments/ops/program.ts'
import { sqrt } from '../../../experiments/ops/sqrt.ts'
import { subtract } from '../../../experiments/ops/subtract.ts'
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { movingAverage } from './moving-average.ts'
import type { Optimizer, OptimizerInputs, OptimizerOutputs } from './optimizer.ts'

export interface AdamSpec {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** What is kept for each weight, and once. */
export const adamMemory = {
  state: () => ['mean', 'square'],
  shared: ['meanWeight', 'squareWeight'],
} as const

export const adam: Optimizer<Extract<OptimizerSpec, { type: 'adam' }>> = {
  type: 'adam',
  ...adamMemory,
  advance: advanceAdam,
  update: updateAdam,
}

export function advanceAdam(b: OpEmitter, shared: readonly Value[], { beta1, beta2 }: AdamSpec): readonly Value[] {
  return [beta1, beta2].map((beta, i) => movingAverage(b, inputAt(shared, i), constant(b, 1), beta))
}

export function updateAdam(
  b: OpEmitter,
  { weight, gradient, learningRate, state, shared }: OptimizerInputs,
  { beta1, beta2, epsilon }: AdamSpec,
): OptimizerOutputs {
  const mean = movingAverage(b, inputAt(state, 0), gradient, beta1)
  const square = movingAverage(b, inputAt(state, 1), multiply(b, gradient, gradient), beta2)
  const rate = divide(b, learningRate, inputAt(shared, 0))
  const deviation = divide(b, sqrt(b, square), sqrt(b, inputAt(shared, 1)))
  const step = divide(b, multiply(b, mean, rate), add(b, deviation, constant(b, epsilon)))
  return { weight: subtract(b, weight, step), state: [mean, square] }
}
