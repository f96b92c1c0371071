/**
 * Gradient of average pooling. Windows that tile the image repeat dy over their tile; others, where each counts the same number of elements,
 * are a depthwise convolution with ones over dy between zeros.
 */
import { spatialSize } from '../../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { ints } from '../../../../../experiments/ops/onnx-lowering.ts'
import type { AveragePoolingAttributes } from '../../../../../experiments/ops/pooling.ts'
import { axisPadding } from '../../../../../experiments/ops/window.ts'
import { blockedConv, blockedNode } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { spreadZeros } from '../interleave.ts'

export const averagePool2dGradient: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const { kernel, strides, padding, countPadding } = node.attributes as unknown as AveragePoolingAttributes
  const dy = inputAt(node.inputs, 0)
  const dx = inputAt(node.outputs, 0)
  if (!lowering.has(dy, 'image') && !lowering.hasImageOf(dx.type.shape)) return false
  const size = spatialSize(dx.type)
  const from = lowering.shape(dy, 'image')
  const [batch = 1, channels = 1, height = 1, width = 1] = from
  const share = 1 / (kernel[0] * kernel[1])
  const tiles = [0, 1].every(
    (axis) => kernel[axis] === strides[axis] && size[axis] === (kernel[axis] ?? 1) * (from[axis + 2] ?? 1),
  )
  if (tiles) {
    const scaled = graph.node('Mul', [lowering.as(dy, 'image'), graph.scalar(share)])
    lowering.define(
      dx,
      'image',
      blockedNode(graph, 'Upsample', [scaled], { mode: 'nearest', scales: ints([1, 1, ...kernel]) }),
    )
    return true
  }
  const isEven = countPadding || padding.every((edge) => edge === 0)
  const edges = ([0, 1] as const).map((axis) => {
    const before = kernel[axis] - 1 - axisPadding(padding, axis)[0]
    return [before, size[axis] - (from[axis + 2] ?? 1) * strides[axis] - before + kernel[axis] - 1] as const
  })
  const pads = [...edges.map(([before]) => before), ...edges.map(([, after]) => after)]
  if (!isEven || pads.some((edge) => edge < 0)) return false
  const spread = spreadZeros(lowering, lowering.as(dy, 'image'), [batch, channels, height, width], strides)
  const filter = graph.floats(new Float32Array(channels * kernel[0] * kernel[1]).fill(share), [channels, 1, ...kernel])
  lowering.define(dx, 'image', blockedConv(graph, { x: spread, filter, kernel, pads, group: channels }))
  return true
}
