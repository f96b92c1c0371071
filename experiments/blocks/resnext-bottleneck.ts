/**
 * Bottleneck block of many narrow branches, drawn as one grouped convolution, which is the same. Xie, Girshick, Dollar, Tu, He: Aggregated
 * Residual Transformations for Deep Neural Networks, CVPR 2017, Fig. 3c.
 */
import { integer } from '../layers/params/numbers.ts'
import { defineBlock } from './define-block.ts'
import { bottleneckBranch, expansion, residualParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const resnextBottleneckBlock = defineBlock({
  id: 'resnext-bottleneck',
  version: 1,
  category: 'residual',
  title: 'ResNeXt',
  summary: 'Many narrow bottlenecks side by side',
  params: {
    ...residualParams,
    filters: { ...residualParams.filters, help: 'The output is this many channels times the expansion' },
    expansion,
    cardinality: integer({ label: 'Cardinality', help: 'Number of branches', min: 1, max: 1024, default: 32 }),
    branchWidth: integer({ label: 'Branch width', help: 'Channels of a branch', min: 1, max: 4096, default: 4 }),
  },
  usesShapes: true,
  variants: residualVariants('resnext-bottleneck'),
  expand: ({ filters, expansion: times, cardinality, branchWidth, ...params }, [input]) => {
    const width = cardinality * branchWidth
    const convolutions = bottleneckBranch(width, filters * times, params.stride, cardinality)
    return postActivationUnit({ ...params, convolutions }, input)
  },
})
