/**
 * Residual block whose 3x3 convolution works between two 1x1 that bring channels down and up again. He, Zhang, Ren, Sun: Deep Residual
 * Learning for Image Recognition, CVPR 2016, Fig. 5 right.
 */
import { defineBlock } from './define-block.ts'
import { bottleneckBranch, expansion, residualParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const residualBottleneckBlock = defineBlock({
  id: 'residual-bottleneck',
  version: 1,
  category: 'residual',
  title: 'Residual, bottleneck',
  summary: '1x1 down, 3x3, 1x1 up, with a shortcut',
  params: { ...residualParams, expansion },
  usesShapes: true,
  variants: residualVariants('residual-bottleneck'),
  expand: ({ filters, expansion: times, ...params }, [input]) =>
    postActivationUnit({ ...params, convolutions: bottleneckBranch(filters, filters * times, params.stride) }, input),
})
