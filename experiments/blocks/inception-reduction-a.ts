/** Reduction-A: halves the map by a 3x3, by three convolutions and by a max pooling, side by side. Szegedy et al. 2017, Fig. 7. */
import type { ParamKind } from '../layers/params/param-kind.ts'
import { filters } from './block-params.ts'
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addBranches, borders, unitParams } from './inception-resnet-unit.ts'

/** Scaled by the width factor already. */
const asPublished = (kind: ParamKind<number>): ParamKind<number> => ({ ...kind, isWidth: false })

export const inceptionReductionABlock = defineBlock({
  id: 'inception-reduction-a',
  version: 1,
  category: 'inception',
  title: 'Reduction-A',
  summary: 'Halves the map in three branches',
  params: {
    k: asPublished(filters('k', 'Filters of the 1x1 before the two 3x3; names of Table 1', 256)),
    l: asPublished(filters('l', 'Filters of the first of the two 3x3', 256)),
    m: asPublished(filters('m', 'Filters of the second of the two 3x3', 384)),
    n: asPublished(filters('n', 'Filters of the single 3x3', 384)),
    ...unitParams,
    borders,
  },
  expand: ({ k, l, m, n, borders: border, ...style }) => {
    const g = new GraphBuilder()
    const padding = border === 'valid' ? 'valid' : 1
    const branches = addBranches(
      g,
      g.input,
      [
        [['3x3', { filters: n, kernel: 3, stride: 2, padding }]],
        [
          ['double3x3_reduce', { filters: k, kernel: 1 }],
          ['double3x3_1', { filters: l, kernel: 3 }],
          ['double3x3_2', { filters: m, kernel: 3, stride: 2, padding }],
        ],
      ],
      style,
    )
    const pool = g.add('pool', { type: 'max-pool2d', params: { kernel: 3, stride: 2, padding } }, g.input)
    return g.finish(g.add('concatenate', { type: 'concatenate' }, ...branches, pool))
  },
})
