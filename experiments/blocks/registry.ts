/** Every block that the studio brings. A new block is one file and one line here. */
import type { BlockDefinition } from './define-block.ts'
import { convNormActivationBlock } from './conv-norm-activation.ts'
import { inceptionBlock } from './inception.ts'
import { inceptionNaiveBlock } from './inception-naive.ts'
import { inceptionReductionABlock } from './inception-reduction-a.ts'
import { inceptionReductionBBlock } from './inception-reduction-b.ts'
import { inceptionResnetABlock } from './inception-resnet-a.ts'
import { inceptionResnetBBlock } from './inception-resnet-b.ts'
import { inceptionResnetCBlock } from './inception-resnet-c.ts'
import { inceptionResnetMixedBlock } from './inception-resnet-mixed.ts'
import { inceptionResnetStemBlock } from './inception-resnet-stem.ts'
import { plainBasicBlock } from './plain-basic.ts'
import { plainBottleneckBlock } from './plain-bottleneck.ts'
import { preactivationBasicBlock } from './preactivation-basic.ts'
import { preactivationBottleneckBlock } from './preactivation-bottleneck.ts'
import { residualBasicBlock } from './residual-basic.ts'
import { residualBottleneckBlock } from './residual-bottleneck.ts'
import { resnextBottleneckBlock } from './resnext-bottleneck.ts'
import { vggStackBlock } from './vgg-stack.ts'
import { wideBasicBlock } from './wide-basic.ts'
import { wideBottleneckBlock } from './wide-bottleneck.ts'

/** In the order of the palette. */
export const blocks: readonly BlockDefinition[] = [
  convNormActivationBlock,
  vggStackBlock,
  inceptionNaiveBlock,
  inceptionBlock,
  plainBasicBlock,
  residualBasicBlock,
  plainBottleneckBlock,
  residualBottleneckBlock,
  preactivationBasicBlock,
  preactivationBottleneckBlock,
  wideBasicBlock,
  wideBottleneckBlock,
  resnextBottleneckBlock,
  inceptionResnetStemBlock,
  inceptionResnetMixedBlock,
  inceptionResnetABlock,
  inceptionReductionABlock,
  inceptionResnetBBlock,
  inceptionReductionBBlock,
  inceptionResnetCBlock,
]

const byId = new Map(blocks.map((block) => [block.id, block]))

export function blockOf(type: string): BlockDefinition | undefined {
  return byId.get(type)
}
