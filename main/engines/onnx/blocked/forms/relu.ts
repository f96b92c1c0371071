/** ReLU: within the convolution before it where that was held back. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { pointwise } from './pointwise.ts'

export const relu: BlockedForm = (node, lowering) => {
  const emit = lowering.takeHeldBack(inputAt(node.inputs, 0))
  if (!emit) return pointwise(node, lowering)
  lowering.define(inputAt(node.outputs, 0), 'image', emit({ relu: true }))
  return true
}
