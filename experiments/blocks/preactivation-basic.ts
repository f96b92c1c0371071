/** Residual block with norm and activation before its 3x3 convolutions. He et al.: Identity Mappings in Deep Residual Networks, ECCV 2016. */
import { defineBlock } from './define-block.ts'
import { basicBranch, preActivationParams, residualVariants } from './residual-family.ts'
import { preActivationUnit } from './residual-unit.ts'

export const preactivationBasicBlock = defineBlock({
  id: 'preactivation-basic',
  version: 1,
  category: 'residual',
  title: 'Pre-activation, basic',
  summary: 'Norm and activation before two 3x3 convolutions',
  params: preActivationParams,
  usesShapes: true,
  variants: residualVariants('preactivation-basic'),
  expand: ({ filters, ...params }, [input]) =>
    preActivationUnit({ ...params, convolutions: basicBranch(filters, params.stride) }, input),
})
