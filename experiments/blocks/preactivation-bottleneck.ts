/** Bottleneck block with norm and activation before each convolution. He et al.: Identity Mappings in Deep Residual Networks, ECCV 2016. */
import { defineBlock } from './define-block.ts'
import { bottleneckBranch, expansion, preActivationParams, residualVariants } from './residual-family.ts'
import { preActivationUnit } from './residual-unit.ts'

export const preactivationBottleneckBlock = defineBlock({
  id: 'preactivation-bottleneck',
  version: 1,
  category: 'residual',
  title: 'Pre-activation, bottleneck',
  summary: 'Norm and activation before 1x1, 3x3, 1x1',
  params: { ...preActivationParams, expansion },
  usesShapes: true,
  variants: residualVariants('preactivation-bottleneck'),
  expand: ({ filters, expansion: times, ...params }, [input]) =>
    preActivationUnit({ ...params, convolutions: bottleneckBranch(filters, filters * times, params.stride) }, input),
})
