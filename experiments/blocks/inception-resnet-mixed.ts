/** The mixed module behind the stem of Inception-ResNet-v2 (mixed_5b): 1x1, 5x5, two 3x3 and an average pooling side by side. */
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addBranches, unitParams } from './inception-resnet-unit.ts'

export const inceptionResnetMixedBlock = defineBlock({
  id: 'inception-resnet-mixed',
  version: 1,
  category: 'inception',
  title: 'Inception-ResNet mixed',
  summary: '1x1, 5x5, two 3x3 and average pooling',
  params: unitParams,
  expand: (params) => {
    const g = new GraphBuilder()
    const branches = addBranches(
      g,
      g.input,
      [
        [['1x1', { filters: 96, kernel: 1 }]],
        [
          ['5x5_reduce', { filters: 48, kernel: 1 }],
          ['5x5', { filters: 64, kernel: 5 }],
        ],
        [
          ['double3x3_reduce', { filters: 64, kernel: 1 }],
          ['double3x3_1', { filters: 96, kernel: 3 }],
          ['double3x3_2', { filters: 96, kernel: 3 }],
        ],
      ],
      params,
    )
    const pool = g.add('pool', { type: 'average-pool2d', params: { kernel: 3, stride: 1, padding: 1 } }, g.input)
    const projected = addBranches(g, pool, [[['pool_projection', { filters: 64, kernel: 1 }]]], params)
    return g.finish(g.add('concatenate', { type: 'concatenate' }, ...branches, ...projected))
  },
})
