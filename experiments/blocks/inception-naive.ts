/**
 * Inception module without bottlenecks: 1x1, 3x3 and 5x5 convolutions and a max pooling side by side, their channels joined. As the pooling
 * keeps all channels, modules in a row get ever wider. Szegedy et al.: Going Deeper with Convolutions, CVPR 2015, Fig. 2a.
 */
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addLargeBranch, moduleParams, samePooling, unit } from './inception-modules.ts'

export const inceptionNaiveBlock = defineBlock({
  id: 'inception-naive',
  version: 1,
  category: 'inception',
  title: 'Inception, naive',
  summary: '1x1, 3x3, 5x5 and pooling side by side',
  params: moduleParams,
  variants: [
    {
      to: 'inception',
      // The shares of module 3a in the paper.
      params: (params) => ({
        ...params,
        reduce3x3: Math.max(1, Math.round(params.filters3x3 * 0.75)),
        reduce5x5: Math.max(1, Math.round(params.filters5x5 / 2)),
        poolProjection: params.filters5x5,
      }),
    },
  ],
  expand: ({ filters1x1, filters3x3, filters5x5, largeBranch, ...style }) => {
    const g = new GraphBuilder()
    const branches = [
      g.add('1x1', unit({ filters: filters1x1, kernel: 1 }, style), g.input),
      g.add('3x3', unit({ filters: filters3x3, kernel: 3 }, style), g.input),
      addLargeBranch(g, g.input, filters5x5, largeBranch, style),
      g.add('pool', samePooling, g.input),
    ]
    return g.finish(g.add('concatenate', { type: 'concatenate' }, ...branches))
  },
})
