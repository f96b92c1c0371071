/** dx = dy [y > 0]. The mask is a hard sigmoid so steep that it is a step: far faster than a comparison, which knows no blocks. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { channelAffine, stepFunction } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const reluGradient: BlockedForm = (node, lowering) => {
  const { graph } = lowering
  const dy = inputAt(node.inputs, 0)
  const y = inputAt(node.inputs, 1)
  const dx = inputAt(node.outputs, 0)
  if (lowering.has(y, 'image')) {
    const [, channels = 1] = lowering.shape(y, 'image')
    const mask = channelAffine(graph, lowering.as(y, 'image'), channels, undefined, { hardSigmoid: stepFunction })
    lowering.define(dx, 'image', graph.node('Mul', [lowering.as(dy, 'image'), mask]))
    return true
  }
  const mask = graph.node('HardSigmoid', [lowering.as(y, 'plain')], {
    alpha: { float: stepFunction.alpha },
    beta: { float: stepFunction.beta },
  })
  lowering.define(dx, 'plain', graph.node('Mul', [lowering.as(dy, 'plain'), mask]))
  return true
}
