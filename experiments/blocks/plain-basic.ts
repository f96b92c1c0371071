/** The plain twin of the basic residual block: the same convolutions without the shortcut. He et al., CVPR 2016, section 4.2. */
import { defineBlock } from './define-block.ts'
import { basicBranch, plainParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const plainBasicBlock = defineBlock({
  id: 'plain-basic',
  version: 1,
  category: 'residual',
  title: 'Plain, basic',
  summary: 'Two 3x3 convolutions, no shortcut',
  params: plainParams,
  variants: residualVariants('plain-basic'),
  expand: ({ filters, ...params }) =>
    postActivationUnit(
      { ...params, convolutions: basicBranch(filters, params.stride), shortcut: undefined },
      undefined,
    ),
})
