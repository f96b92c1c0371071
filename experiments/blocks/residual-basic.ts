/** Residual block of two 3x3 convolutions. He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016, Fig. 5 left. */
import { defineBlock } from './define-block.ts'
import { basicBranch, residualParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const residualBasicBlock = defineBlock({
  id: 'residual-basic',
  version: 1,
  category: 'residual',
  title: 'Residual, basic',
  summary: 'Two 3x3 convolutions with a shortcut',
  params: residualParams,
  usesShapes: true,
  variants: residualVariants('residual-basic'),
  expand: ({ filters, ...params }, [input]) =>
    postActivationUnit({ ...params, convolutions: basicBranch(filters, params.stride) }, input),
})
