/** Makes the image a whole number of times larger, by repeating pixels or by interpolating between them (half-pixel centres). */
import { inputAt } from '../ops/expect-type.ts'
import { upsampleBilinear2d } from '../ops/upsample-bilinear2d.ts'
import { upsampleNearest2d } from '../ops/upsample-nearest2d.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { choice } from './params/choices.ts'
import { size2d } from './params/size2d.ts'

export const upsampleLayer = defineLayer({
  id: 'upsample',
  version: 1,
  category: 'shape',
  title: 'Up-sampling',
  summary: 'Makes the image a whole number of times larger',
  params: {
    factor: size2d({ label: 'Factor', help: 'How many times as high and as wide', min: 1, max: 64, default: [2, 2] }),
    method: choice({
      label: 'Method',
      help: 'Repeats pixels, or interpolates between them',
      choices: { nearest: 'Nearest', bilinear: 'Bilinear' },
      default: 'nearest',
    }),
  },
  check: checkImages,
  lower: (b, inputs, { factor, method }) => {
    const x = inputAt(inputs, 0)
    return [method === 'nearest' ? upsampleNearest2d(b, x, factor) : upsampleBilinear2d(b, x, factor)]
  },
})
