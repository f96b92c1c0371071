/** Max pooling: the runtime's blocked one. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { onnxPoolingAttributes, type PoolingAttributes } from '../../../../../experiments/ops/pooling.ts'
import { blockedNode } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const maxPool2d: BlockedForm = (node, lowering) => {
  const x = inputAt(node.inputs, 0)
  if (!lowering.has(x, 'image')) return false
  const attributes = onnxPoolingAttributes(node.attributes as unknown as PoolingAttributes)
  lowering.define(
    inputAt(node.outputs, 0),
    'image',
    blockedNode(lowering.graph, 'MaxPool', [lowering.as(x, 'image')], attributes),
  )
  return true
}
