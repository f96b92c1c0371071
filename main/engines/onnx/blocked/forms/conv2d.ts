/** Convolution: the runtime's blocked one, with bias, a summand and ReLU in the same pass where they follow. */
import type { ConvolutionAttributes } from '../../../../../experiments/ops/convolution.ts'
import { spatialSize } from '../../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { onnxPads } from '../../../../../experiments/ops/window.ts'
import { blockedConv } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { filterLayout } from '../filter-layout.ts'

export const conv2d: BlockedForm = (node, lowering) => {
  const { strides, dilations, padding } = node.attributes as unknown as ConvolutionAttributes
  const x = inputAt(node.inputs, 0)
  const filter = inputAt(node.inputs, 1)
  const bias = node.inputs[2]
  const layout = filterLayout(x, filter.type.shape, {
    attributes: node.attributes,
    block: lowering.block,
    isPlainImage: !lowering.has(x, 'image'),
  })
  if (!layout) return false
  const operands = {
    x: lowering.as(x, layout === 'narrow' ? 'plain' : 'image'),
    filter: lowering.as(filter, layout),
    ...(bias && { bias: lowering.as(bias, 'vector') }),
  }
  lowering.defineFusing(inputAt(node.outputs, 0), (fusion) =>
    blockedConv(lowering.graph, {
      ...operands,
      ...fusion,
      kernel: spatialSize(filter.type),
      strides,
      dilations,
      pads: onnxPads(padding),
    }),
  )
  return true
}
