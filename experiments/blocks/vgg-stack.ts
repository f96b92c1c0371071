/**
 * Several 3x3 convolutions with activations, then a pooling: the stage of a VGG network. Two see as far as a 5x5, three as far as a 7x7,
 * with fewer weights and more non-linearities. Simonyan, Zisserman: Very Deep Convolutional Networks, ICLR 2015, section 2.
 */
import { boolean } from '../layers/params/choices.ts'
import { integer } from '../layers/params/numbers.ts'
import { activation, activationNode, convolution, filters, norm, normNode } from './block-params.ts'
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'

export const vggStackBlock = defineBlock({
  id: 'vgg-stack',
  version: 1,
  category: 'convolution',
  title: 'VGG stack',
  summary: '3x3 convolutions in a row, then a pooling',
  params: {
    filters: filters('Filters', 'Channels of every convolution', 64),
    convolutions: integer({ label: 'Convolutions', help: 'How many in a row', min: 1, max: 64, default: 2 }),
    norm: norm('none'),
    activation: activation(),
    pooling: boolean({ label: 'Pooling', help: 'Ends with a 2x2 max pooling', default: true }),
  },
  expand: ({ filters: width, convolutions, norm: kind, activation: after, pooling }) => {
    const g = new GraphBuilder()
    let last: string = g.input
    for (let i = 1; i <= convolutions; i++) {
      last = g.chain(last, [
        [`conv${i}`, convolution({ filters: width, kernel: 3, bias: kind === 'none' })],
        [`norm${i}`, normNode(kind)],
        [`activation${i}`, activationNode(after)],
      ])
    }
    return g.finish(pooling ? g.add('pool', { type: 'max-pool2d' }, last) : last)
  },
})
