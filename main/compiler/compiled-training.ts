/** What the compiler hands to an engine: two programs over the same named state, and how that state begins. */
import type { Fans, InitializerName } from '../../experiments/layers/initializers.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import type { TensorProgram } from '../../experiments/ops/program.ts'

/**
 * A tensor that lives from step to step. `weight`: trained or frozen parameter; `statistic`: kept by a layer, such as running means;
 * `optimizer`: kept by the optimizer for one weight.
 */
export interface StateTensor {
  /** `conv1.kernel`, `conv1.kernel/velocity`: stable, checkpoints go by it. */
  readonly name: string
  readonly kind: 'weight' | 'statistic' | 'optimizer'
  readonly shape: readonly number[]
  readonly start: StateStart
}

/** How a tensor begins: filled with a number, or drawn by an initialiser and multiplied by a gain. */
export type StateStart = { readonly fill: number } | DrawnStart

export interface DrawnStart extends Fans {
  readonly initializer: InitializerName
  /** Default 1. */
  readonly gain?: number
}

export interface CompiledTraining {
  readonly name: string
  readonly batchSize: number
  readonly input: ImageSize
  readonly classes: number
  /** In: state, images, labels, learningRate. Out: the next state, and the results loss, correct, gradientNorm (scalars). */
  readonly training: TensorProgram
  /** In: weights and statistics, images, labels. Out: the results losses [N], correct [N] (0 or 1), logits [N, classes]. */
  readonly evaluation: TensorProgram
  /** Everything that a checkpoint holds, in a fixed order. */
  readonly state: readonly StateTensor[]
}
