/** Images one behind the other along the channels, where each has whole blocks of them. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const concatenate: BlockedForm = (node, lowering) => {
  const isWhole = node.inputs.every(
    ({ type: { shape } }) => shape.length === 4 && (shape[1] ?? 1) % lowering.block === 0,
  )
  const isBlocked = node.inputs.some((input) => lowering.has(input, 'image'))
  if (node.attributes['axis'] !== 1 || !isWhole || !isBlocked) return false
  const parts = node.inputs.map((input) => lowering.as(input, 'image'))
  lowering.define(inputAt(node.outputs, 0), 'image', lowering.graph.node('Concat', parts, { axis: 1 }))
  return true
}
