/**
 * Convolution of each channel on its own: as many groups as channels. A convolution of kernel 1 behind it mixes the channels, the two
 * together are a separable convolution (Howard et al.: MobileNets, 2017).
 */
import { inputAt } from '../ops/expect-type.ts'
import { checkImages } from './check-images.ts'
import { filterParams, lowerConvolution, windowParams } from './convolution-params.ts'
import { defineLayer } from './define-layer.ts'
import { integer } from './params/numbers.ts'

export const depthwiseConv2dLayer = defineLayer({
  id: 'depthwise-conv2d',
  version: 1,
  category: 'convolution',
  title: 'Depthwise convolution',
  summary: 'Filters that each see one channel',
  params: {
    multiplier: integer({ label: 'Multiplier', help: 'Filters for each channel', min: 1, max: 1024, default: 1 }),
    ...windowParams,
    ...filterParams,
  },
  check: checkImages,
  lower: (b, inputs, params) => {
    const x = inputAt(inputs, 0)
    const groups = x.type.shape[1] ?? 1
    return [lowerConvolution(b, x, { ...params, groups, filters: groups * params.multiplier })]
  },
})
