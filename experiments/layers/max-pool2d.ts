/** Keeps the largest value of each window, channel by channel. */
import { spatialSize } from '../ops/convolution.ts'
import { inputAt } from '../ops/expect-type.ts'
import { maxPool2d } from '../ops/max-pool2d.ts'
import { defineLayer } from './define-layer.ts'
import { checkPooling, poolingEdges, poolingParams } from './pooling-params.ts'

export const maxPool2dLayer = defineLayer({
  id: 'max-pool2d',
  version: 1,
  category: 'pooling',
  title: 'Max pooling',
  summary: 'The largest value of each window',
  params: poolingParams,
  check: checkPooling,
  lower: (b, inputs, params) => {
    const x = inputAt(inputs, 0)
    const { extended } = poolingEdges(params, spatialSize(x.type))
    return [maxPool2d(b, x, { kernel: params.kernel, strides: params.stride, padding: extended })]
  },
})
