/**
 * Adam with weight decay that shrinks the weights by themselves, w' = w - learning rate (step + decay w), instead of passing through the
 * averages. Loshchilov, Hutter: Decoupled Weight Decay Regularization, 2019.
 */
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { adamMemory, advanceAdam, updateAdam } from './adam.ts'
import type { Optimizer } from './optimizer.ts'

export const adamw: Optimizer<Extract<OptimizerSpec, { type: 'adamw' }>> = {
  type: 'adamw',
  decouplesDecay: true,
  ...adamMemory,
  advance: advanceAdam,
  update: updateAdam,
}
