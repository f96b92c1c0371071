/** Sum: within a convolution that makes one of the summands, or element by element. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { sameShape } from '../../../../../experiments/ops/tensor-type.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { pointwise } from './pointwise.ts'

export const add: BlockedForm = (node, lowering) => {
  const [left, right] = [inputAt(node.inputs, 0), inputAt(node.inputs, 1)]
  if (!sameShape(left.type.shape, right.type.shape) || left.id === right.id) return pointwise(node, lowering)
  // The later of two is held back longer: its other summand is there already.
  const [first, other] = lowering.isHeldBack(right) ? [right, left] : [left, right]
  const emit = lowering.takeHeldBack(first)
  if (!emit) return pointwise(node, lowering)
  const sum = lowering.as(other, 'image')
  lowering.defineFusing(inputAt(node.outputs, 0), (fusion) =>
    emit({ ...fusion, sum: joinedSum(lowering, sum, fusion.sum) }),
  )
  return true
}

function joinedSum(lowering: Parameters<BlockedForm>[1], a: string, b: string | undefined): string {
  return b === undefined ? a : lowering.graph.node('Add', [a, b])
}
