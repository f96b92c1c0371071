/** One number per channel repeated over an image, where blocked images of that shape exist: the gradient of global average pooling. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { ints } from '../../../../../experiments/ops/onnx-lowering.ts'
import { blockedNode, pad, reshape } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const broadcastTo: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  const [batch = 1, channels = 1, height = 1, width = 1] = y.type.shape
  const isPerChannel = x.type.shape.join() === [batch, channels, 1, 1].join()
  if (!isPerChannel || !lowering.hasImageOf(y.type.shape)) return false
  const [, padded = 1] = lowering.shape(y, 'image')
  const row = reshape(graph, lowering.as(x, 'plain'), [batch, channels])
  const whole = reshape(graph, pad(graph, row, [0, 0], [0, padded - channels]), [batch, padded, 1, 1])
  const repeated = blockedNode(graph, 'Upsample', [whole], { mode: 'nearest', scales: ints([1, 1, height, width]) })
  lowering.define(y, 'image', repeated)
  return true
}
