/** The sum of each channel over images and positions: the gradient of a bias. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { channelSum } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const reduceSum: BlockedForm = (node, lowering) => {
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  const axes = node.attributes['axes'] as readonly number[]
  const isPerChannel = axes.toSorted((a, b) => a - b).join() === '0,2,3' && y.type.shape.length === 1
  if (!isPerChannel || !lowering.has(x, 'image')) return false
  lowering.define(y, 'vector', channelSum(lowering.graph, lowering.as(x, 'image'), lowering.shape(x, 'image')))
  return true
}
