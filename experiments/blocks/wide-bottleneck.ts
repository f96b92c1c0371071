/** Bottleneck block with wider convolutions inside and the same output. Zagoruyko, Komodakis: Wide Residual Networks, BMVC 2016, section 3.4. */
import { real } from '../layers/params/numbers.ts'
import { defineBlock } from './define-block.ts'
import { bottleneckBranch, expansion, residualParams, residualVariants } from './residual-family.ts'
import { postActivationUnit } from './residual-unit.ts'

export const wideBottleneckBlock = defineBlock({
  id: 'wide-bottleneck',
  version: 1,
  category: 'residual',
  title: 'Wide, bottleneck',
  summary: 'Bottleneck with a wider 3x3 inside',
  params: {
    ...residualParams,
    expansion,
    widthFactor: real({
      label: 'Width factor',
      help: 'How many times wider the inside is; the output stays',
      min: 0.125,
      max: 64,
      default: 2,
    }),
  },
  usesShapes: true,
  variants: residualVariants('wide-bottleneck'),
  expand: ({ filters, expansion: times, widthFactor, ...params }, [input]) => {
    const inner = Math.max(1, Math.round(filters * widthFactor))
    return postActivationUnit(
      { ...params, convolutions: bottleneckBranch(inner, filters * times, params.stride) },
      input,
    )
  },
})
