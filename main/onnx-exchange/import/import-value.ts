/** What an ONNX value is while a graph is imported: known numbers, the output of a layer, or the result of a node that failed. */
import type { ConstantTensor } from '../read/constant-tensor.ts'
import type { DraftNode } from './network-draft.ts'
import type { View } from './view.ts'

export interface Activation {
  readonly kind: 'activation'
  readonly node: DraftNode
  /** How the value shows the node's output. */
  readonly view: View
  /** Nothing else uses the node's output: what follows may be folded into it. */
  readonly isOnlyUse: boolean
  /** The softmax that the value went through: left to the classifier. */
  readonly ending?: Ending
}

/** What stands behind the scores at the end of a graph. */
export type Ending = 'scores' | 'softmax' | 'log-softmax'

/** A node before it failed and was reported; what depends on it says nothing of its own. */
export interface FailedValue {
  readonly kind: 'failed'
}

export type ImportValue = ConstantTensor | Activation | FailedValue
