/** Batch normalisation by given statistics: one scale and shift per channel, with what follows in the same pass. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { channelAffine } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'
import { inverseDeviation } from './batch-normalization.ts'

export const batchNormalizationInference: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((i) => inputAt(node.inputs, i))
  if (!x || !scale || !shift || !mean || !variance || !lowering.has(x, 'image')) return false
  const [, channels = 1] = lowering.shape(x, 'image')
  const inverse = inverseDeviation(lowering, lowering.as(variance, 'vector'), node.attributes['epsilon'] as number)
  const factor = graph.node('Mul', [lowering.as(scale, 'vector'), inverse])
  const moved = graph.node('Mul', [lowering.as(mean, 'vector'), factor])
  const bias = graph.node('Sub', [lowering.as(shift, 'vector'), moved])
  const image = lowering.as(x, 'image')
  lowering.defineFusing(inputAt(node.outputs, 0), (fusion) =>
    channelAffine(graph, image, channels, factor, { bias, ...fusion }),
  )
  return true
}
