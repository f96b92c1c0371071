/**
 * Pre-activation block of two wide 3x3 convolutions with dropout between them. Zagoruyko, Komodakis: Wide Residual Networks, BMVC 2016,
 * Fig. 1d.
 */
import { real } from '../layers/params/numbers.ts'
import { defineBlock } from './define-block.ts'
import { basicBranch, preActivationParams, residualVariants } from './residual-family.ts'
import { preActivationUnit } from './residual-unit.ts'

export const wideBasicBlock = defineBlock({
  id: 'wide-basic',
  version: 1,
  category: 'residual',
  title: 'Wide, basic',
  summary: 'Two wide 3x3 convolutions, dropout between',
  params: {
    ...preActivationParams,
    widthFactor: real({
      label: 'Width factor',
      help: 'Multiplies the filters; k in WRN-d-k',
      min: 0.125,
      max: 64,
      default: 4,
    }),
    dropout: real({
      label: 'Dropout',
      help: 'Share of values dropped between the convolutions',
      min: 0,
      max: 0.99,
      default: 0,
    }),
  },
  usesShapes: true,
  variants: residualVariants('wide-basic'),
  expand: ({ filters, widthFactor, ...params }, [input]) => {
    const width = Math.max(1, Math.round(filters * widthFactor))
    return preActivationUnit({ ...params, convolutions: basicBranch(width, params.stride) }, input)
  },
})
