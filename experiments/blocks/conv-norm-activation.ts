/** A convolution with what usually follows it: normalisation (Ioffe and Szegedy 2015) and an activation. */
import { integer } from '../layers/params/numbers.ts'
import { padding } from '../layers/params/padding.ts'
import { size2d } from '../layers/params/size2d.ts'
import { activation, activationNode, epsilon, filters, norm, normNode } from './block-params.ts'
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'

const side = { min: 1, max: 1024, unit: 'px' }

export const convNormActivationBlock = defineBlock({
  id: 'conv-norm-activation',
  version: 1,
  category: 'convolution',
  title: 'Convolution, norm, activation',
  summary: 'A convolution with what usually follows it',
  params: {
    filters: filters('Filters', 'Output channels', 64),
    kernel: size2d({ label: 'Kernel', help: 'Rows and columns of a filter', ...side, default: [3, 3] }),
    stride: size2d({ label: 'Stride', help: 'Step between neighbouring positions', ...side, default: [1, 1] }),
    padding: padding({ label: 'Padding', help: 'Zeros around the image', default: 'same' }),
    groups: integer({ label: 'Groups', help: 'Independent parts of the channels', min: 1, max: 65_536, default: 1 }),
    norm: norm(),
    epsilon: epsilon(),
    activation: activation(),
  },
  expand: (params) => {
    const g = new GraphBuilder()
    const { norm: kind, activation: after, epsilon: added, ...convolution } = params
    const conv = g.add('conv', { type: 'conv2d', params: { ...convolution, bias: kind === 'none' } }, g.input)
    return g.finish(
      g.chain(conv, [
        ['norm', normNode(kind, { epsilon: added })],
        ['activation', activationNode(after)],
      ]),
    )
  },
})
