/**
 * Inception module with 1x1 bottlenecks: before the 3x3 and the 5x5, and behind the pooling, 1x1 convolutions bring the channels down,
 * which saves most of the multiply-adds. Szegedy et al.: Going Deeper with Convolutions, CVPR 2015, Fig. 2b; with batch normalisation and
 * two 3x3 for the 5x5 it is that of Ioffe and Szegedy 2015. A width of 0 leaves out a bottleneck or the pooling's projection.
 */
import { filters, optionalFilters } from './block-params.ts'
import { defineBlock } from './define-block.ts'
import { GraphBuilder } from './graph-builder.ts'
import { addLargeBranch, moduleParams, samePooling, unit } from './inception-modules.ts'

export const inceptionBlock = defineBlock({
  id: 'inception',
  version: 1,
  category: 'inception',
  title: 'Inception',
  summary: 'Branches of several sizes behind 1x1 bottlenecks',
  params: {
    filters1x1: moduleParams.filters1x1,
    reduce3x3: optionalFilters('3x3 reduce', 'Filters of the 1x1 bottleneck before the 3x3', 96),
    filters3x3: moduleParams.filters3x3,
    reduce5x5: optionalFilters('5x5 reduce', 'Filters of the 1x1 bottleneck before the 5x5', 16),
    filters5x5: moduleParams.filters5x5,
    poolProjection: filters('Pool projection', 'Filters of the 1x1 convolution behind the pooling', 32),
    largeBranch: moduleParams.largeBranch,
    norm: moduleParams.norm,
    epsilon: moduleParams.epsilon,
    activation: moduleParams.activation,
  },
  variants: [
    {
      to: 'inception-naive',
      params: ({ reduce3x3: _a, reduce5x5: _b, poolProjection: _c, ...params }) => params,
    },
  ],
  expand: (params) => {
    const { filters1x1, reduce3x3, filters3x3, reduce5x5, filters5x5, poolProjection, largeBranch, ...style } = params
    const g = new GraphBuilder()
    const point = (width: number) => unit({ filters: width, kernel: 1 }, style)
    const reduced = (id: string, width: number) => (width === 0 ? g.input : g.add(id, point(width), g.input))
    const branches = [
      g.add('1x1', point(filters1x1), g.input),
      g.add('3x3', unit({ filters: filters3x3, kernel: 3 }, style), reduced('3x3_reduce', reduce3x3)),
      addLargeBranch(g, reduced('5x5_reduce', reduce5x5), filters5x5, largeBranch, style),
      g.add('pool_projection', point(poolProjection), g.add('pool', samePooling, g.input)),
    ]
    return g.finish(g.add('concatenate', { type: 'concatenate' }, ...branches))
  },
})
