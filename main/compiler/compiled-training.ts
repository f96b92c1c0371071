/** What the compiler hands to an engine: two programs over the same named state, and how that state begins. */
import type { Fans, InitializerName } from '../../experiments/layers/initializers.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import type { Precision } from '../../experiments/spec/precision-spec.ts'
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
  /** What its programs are to be computed with; see `halfValues`. */
  readonly precision: Precision
  /**
   * In: state, images, labels, learningRate. Out: the next state, and the results loss, correct, gradientNorm (scalars). With
   * `accumulation` it takes one micro-batch and no learning rate, and gives the next gradient sums and statistics, loss and correct.
   */
  readonly training: TensorProgram
  /** How a step goes on after its micro-batches. Absent: the batch goes through as a whole. */
  readonly accumulation?: Accumulation
  /**
   * In: weights and statistics, images, labels. Out: the results losses [N], correct [N] (0 or 1), logits [N, classes]. N is the
   * micro-batch where there is one.
   */
  readonly evaluation: TensorProgram
  /** Everything that a checkpoint holds, in a fixed order. */
  readonly state: readonly StateTensor[]
}

/** A step in parts: `training` once for each, then `update` once. */
export interface Accumulation {
  /** Examples of a part; divides the batch size. */
  readonly microBatch: number
  /** Parts of a batch. */
  readonly parts: number
  /** In: weights, optimizer state, gradient sums, learningRate. Out: the next ones, the sums as zeros, and the result gradientNorm. */
  readonly update: TensorProgram
  /** `conv1.kernel/gradient`: zeros before each step, so that no checkpoint holds them. */
  readonly sums: readonly StateTensor[]
}

/** Examples that go through the network at once. */
export function examplesAtOnce({ batchSize, accumulation }: CompiledTraining): number {
  return accumulation?.microBatch ?? batchSize
}
