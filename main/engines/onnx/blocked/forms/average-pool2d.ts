/** Average pooling: the runtime's blocked one. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { onnxPoolingAttributes, type AveragePoolingAttributes } from '../../../../../experiments/ops/pooling.ts'
import { blockedNode } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const averagePool2d: BlockedForm = (node, lowering) => {
  const x = inputAt(node.inputs, 0)
  if (!lowering.has(x, 'image')) return false
  const attributes = node.attributes as unknown as AveragePoolingAttributes
  const pooled = blockedNode(lowering.graph, 'AveragePool', [lowering.as(x, 'image')], {
    ...onnxPoolingAttributes(attributes),
    count_include_pad: attributes.countPadding ? 1 : 0,
  })
  lowering.define(inputAt(node.outputs, 0), 'image', pooled)
  return true
}
