/** The plain twin of the bottleneck block: the same convolutions without the shortcut. */
import { defineBlock } from './define-block.ts'
import { bottleneckBranch, expansion, plainParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const plainBottleneckBlock = defineBlock({
  id: 'plain-bottleneck',
  version: 1,
  category: 'residual',
  title: 'Plain, bottleneck',
  summary: '1x1 down, 3x3, 1x1 up, no shortcut',
  params: { ...plainParams, expansion },
  variants: residualVariants('plain-bottleneck'),
  expand: ({ filters, expansion: times, ...params }) =>
    postActivationUnit(
      { ...params, convolutions: bottleneckBranch(filters, filters * times, params.stride), shortcut: undefined },
      undefined,
    ),
})
