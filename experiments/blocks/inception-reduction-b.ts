/** Reduction-B of Inception-ResNet-v2: halves the map in three convolutional branches and a max pooling. Szegedy et al. 2017, Fig. 18. */
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addBranches, borders, unitParams } from './inception-resnet-unit.ts'

export const inceptionReductionBBlock = defineBlock({
  id: 'inception-reduction-b',
  version: 1,
  category: 'inception',
  title: 'Reduction-B',
  summary: 'Halves the map in four branches',
  params: { ...unitParams, borders },
  expand: ({ borders: border, ...style }) => {
    const g = new GraphBuilder()
    const padding = border === 'valid' ? 'valid' : 1
    const halving = { kernel: 3, stride: 2, padding } as const
    const branches = addBranches(
      g,
      g.input,
      [
        [
          ['3x3_1_reduce', { filters: 256, kernel: 1 }],
          ['3x3_1', { filters: 384, ...halving }],
        ],
        [
          ['3x3_2_reduce', { filters: 256, kernel: 1 }],
          ['3x3_2', { filters: 288, ...halving }],
        ],
        [
          ['double3x3_reduce', { filters: 256, kernel: 1 }],
          ['double3x3_1', { filters: 288, kernel: 3 }],
          ['double3x3_2', { filters: 320, ...halving }],
        ],
      ],
      style,
    )
    const pool = g.add('pool', { type: 'max-pool2d', params: { kernel: 3, stride: 2, padding } }, g.input)
    return g.finish(g.add('concatenate', { type: 'concatenate' }, ...branches, pool))
  },
})
