/**
 * Batch normalisation in three passes over x: the mean by global average pooling, then x - mean, whose dot product with itself is the variance,
 * then scale and shift together with a residual sum and ReLU where they follow. The gradient takes x - mean from here.
 */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { elementCount } from '../../../../../experiments/ops/tensor-type.ts'
import { channelAffine, channelDot, channelSum } from '../blocked-graph.ts'
import type { BlockedForm, BlockedLowering } from '../blocked-lowering.ts'

export const batchNormalization: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const [x, scale, shift] = [0, 1, 2].map((i) => inputAt(node.inputs, i))
  if (!x || !scale || !shift || !lowering.has(x, 'image')) return false
  const shape = lowering.shape(x, 'image')
  const [, channels = 1] = shape
  const share = graph.scalar(channels / elementCount(shape))
  const mean = graph.node('Mul', [channelSum(graph, lowering.as(x, 'image'), shape), share])
  const centred = centredImage(lowering, lowering.as(x, 'image'), mean, channels)
  const variance = graph.node('Mul', [channelDot(graph, centred, centred, shape), share])
  const factor = graph.node('Mul', [
    lowering.as(scale, 'vector'),
    inverseDeviation(lowering, variance, node.attributes['epsilon'] as number),
  ])
  const bias = lowering.as(shift, 'vector')
  lowering.define(inputAt(node.outputs, 1), 'vector', mean)
  lowering.define(inputAt(node.outputs, 2), 'vector', variance)
  lowering.defineFusing(inputAt(node.outputs, 0), (fusion) =>
    channelAffine(graph, centred, channels, factor, { bias, ...fusion }),
  )
  return true
}

/** x - mean. Forward and gradient ask with the same names and get one node. */
export function centredImage({ graph }: BlockedLowering, x: string, mean: string, channels: number): string {
  return channelAffine(graph, x, channels, undefined, { bias: graph.node('Neg', [mean]) })
}

/** 1 / sqrt(variance + epsilon) */
export function inverseDeviation({ graph }: BlockedLowering, variance: string, epsilon: number): string {
  return graph.node('Reciprocal', [graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)])])])
}
