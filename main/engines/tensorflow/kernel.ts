/** One op by TensorFlow's kernels. It runs inside of `tidy`: what it does not return is disposed of. */
import type { Attributes } from '../../../experiments/ops/attributes.ts'
import type { TensorType } from '../../../experiments/ops/tensor-type.ts'
import type { ImageTensor } from './image-tensor.ts'
import type { Tf } from './tf.ts'

export interface KernelCall {
  readonly tf: Tf
  readonly inputs: readonly ImageTensor[]
  readonly outputTypes: readonly TensorType[]
  readonly attributes: Attributes
}

export type Kernel = (call: KernelCall) => readonly ImageTensor[]
export type KernelTable = Readonly<Record<string, Kernel>>
