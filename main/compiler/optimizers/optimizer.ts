/** The form of an optimizer: what it keeps, and how weight and state follow from the gradient. One file per optimizer. */
import type { OpEmitter, Value } from '../../../experiments/ops/program.ts'
import type { OptimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'

export interface OptimizerInputs {
  readonly weight: Value
  readonly gradient: Value
  /** Scalar. */
  readonly learningRate: Value
  /** One per name in `state`, of the shape of the weight. */
  readonly state: readonly Value[]
  /** One scalar per name in `shared`, already advanced to this step. */
  readonly shared: readonly Value[]
}

export interface OptimizerOutputs {
  readonly weight: Value
  readonly state: readonly Value[]
}

export interface Optimizer<Spec extends OptimizerSpec = OptimizerSpec> {
  readonly type: Spec['type']
  /** Weight decay shrinks the weights beside the update instead of adding to their gradients. Default false. */
  readonly decouplesDecay?: boolean
  /** Names of the tensors kept per weight; they start at zero. */
  state(spec: Spec): readonly string[]
  /** Names of the scalars kept once for all weights; they start at zero. Default: none. */
  readonly shared?: readonly string[]
  /** The scalars of this step from those of the step before. */
  advance?(b: OpEmitter, shared: readonly Value[], spec: Spec): readonly Value[]
  update(b: OpEmitter, inputs: OptimizerInputs, spec: Spec): OptimizerOutputs
}
