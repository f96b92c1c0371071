/**
 * Gradients of batch normalisation, with c = x - m, r = 1 / sqrt(v + epsilon), n elements per channel:
 *   d shift = sum dy,  d scale = r sum dy c,  dx = scale r dy + (k c - scale r d shift / n),  k = -scale r^2 d scale / n.
 * Two reductions over dy, and dx as two depthwise convolutions of which the second adds the first.
 */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { elementCount } from '../../../../../experiments/ops/tensor-type.ts'
import { channelAffine, channelDot, channelSum } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { centredImage, inverseDeviation } from './batch-normalization.ts'

export const batchNormalizationGradient: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const [dy, x, scale, mean, variance] = [0, 1, 2, 3, 4].map((i) => inputAt(node.inputs, i))
  if (!dy || !x || !scale || !mean || !variance || !lowering.has(x, 'image')) return false
  const shape = lowering.shape(x, 'image')
  const [, channels = 1] = shape
  const share = graph.scalar(-channels / elementCount(shape))
  const times = (a: string, b: string) => graph.node('Mul', [a, b])
  const gradient = lowering.as(dy, 'image')
  const centred = centredImage(lowering, lowering.as(x, 'image'), lowering.as(mean, 'vector'), channels)
  const inverse = inverseDeviation(lowering, lowering.as(variance, 'vector'), node.attributes['epsilon'] as number)
  const factor = times(lowering.as(scale, 'vector'), inverse)
  const dShift = channelSum(graph, gradient, shape)
  const dScale = times(channelDot(graph, gradient, centred, shape), inverse)
  const slope = times(times(times(factor, inverse), dScale), share)
  const bias = times(times(factor, dShift), share)
  const explained = channelAffine(graph, centred, channels, slope, { bias })
  lowering.define(inputAt(node.outputs, 1), 'vector', dScale)
  lowering.define(inputAt(node.outputs, 2), 'vector', dShift)
  lowering.define(
    inputAt(node.outputs, 0),
    'image',
    channelAffine(graph, gradient, channels, factor, { sum: explained }),
  )
  return true
}
