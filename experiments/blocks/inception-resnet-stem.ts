/** The stem of Inception-ResNet-v2: five convolutions and two poolings that bring 299x299 down to 35x35. Small images keep more of their size. */
import { integer } from '../layers/params/numbers.ts'
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addBranches, borders, unitParams } from './inception-resnet-unit.ts'

export const inceptionResnetStemBlock = defineBlock({
  id: 'inception-resnet-stem',
  version: 1,
  category: 'inception',
  title: 'Inception-ResNet stem',
  summary: 'Five convolutions and two poolings',
  params: {
    ...unitParams,
    borders,
    halvings: integer({
      label: 'Halvings',
      help: 'How often the image is halved: 3 in the published network, by the first convolution and both poolings',
      min: 0,
      max: 3,
      default: 3,
    }),
  },
  expand: ({ borders: border, halvings, ...style }) => {
    const g = new GraphBuilder()
    const padding = border === 'valid' ? 'valid' : 1
    const pool = { type: 'max-pool2d', params: { kernel: 3, stride: 2, padding } }
    const first = { filters: 32, kernel: 3, stride: halvings > 0 ? 2 : 1, padding } as const
    const start = addBranches(
      g,
      g.input,
      [
        [
          ['conv1a', first],
          ['conv2a', { filters: 32, kernel: 3, padding }],
          ['conv2b', { filters: 64, kernel: 3 }],
        ],
      ],
      style,
    )
    const pooled = g.chain(start[0] ?? g.input, [['pool3a', halvings > 1 ? pool : undefined]])
    const end = addBranches(
      g,
      pooled,
      [
        [
          ['conv3b', { filters: 80, kernel: 1 }],
          ['conv4a', { filters: 192, kernel: 3, padding }],
        ],
      ],
      style,
    )
    return g.finish(g.chain(end[0] ?? pooled, [['pool5a', halvings > 2 ? pool : undefined]]))
  },
})
