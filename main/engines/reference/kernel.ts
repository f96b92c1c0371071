/** One op on real numbers: the definition of what it computes, with no regard for speed. */
import type { Attributes } from '../../../experiments/ops/attributes.ts'
import type { TensorType } from '../../../experiments/ops/tensor-type.ts'
import type { ReferenceTensor } from './reference-tensor.ts'

export interface KernelCall {
  readonly inputs: readonly ReferenceTensor[]
  readonly outputTypes: readonly TensorType[]
  readonly attributes: Attributes
}

export type Kernel = (call: KernelCall) => readonly ReferenceTensor[]
