/** The mean of each channel over the whole image: global average pooling. The result has no blocks any more. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { blockedNode, keepFirst, reshape } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const reduceMean: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  const axes = node.attributes['axes'] as readonly number[]
  const isGlobal = axes.length === 2 && axes.includes(2) && axes.includes(3)
  if (!isGlobal || !lowering.has(x, 'image')) return false
  const [batch = 1, padded = 1] = lowering.shape(x, 'image')
  const [, channels = 1] = x.type.shape
  const means = reshape(graph, blockedNode(graph, 'GlobalAveragePool', [lowering.as(x, 'image')]), [batch, padded])
  const real = padded === channels ? means : keepFirst(graph, means, [1], [channels])
  lowering.define(y, 'plain', reshape(graph, real, y.type.shape))
  return true
}
