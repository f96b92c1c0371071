/** The mean of each window, channel by channel. */
import { averagePool2d } from '../ops/average-pool2d.ts'
import { spatialSize } from '../ops/convolution.ts'
import { inputAt } from '../ops/expect-type.ts'
import { pad } from '../ops/pad.ts'
import { sameShape } from '../ops/tensor-type.ts'
import { defineLayer } from './define-layer.ts'
import { boolean } from './params/choices.ts'
import { checkPooling, poolingEdges, poolingParams } from './pooling-params.ts'

export const averagePool2dLayer = defineLayer({
  id: 'average-pool2d',
  version: 1,
  category: 'pooling',
  title: 'Average pooling',
  summary: 'The mean of each window',
  params: {
    ...poolingParams,
    countPadding: boolean({
      label: 'Count padding',
      help: 'Whether padding counts as zeros in the mean, or is left out of it',
      default: false,
    }),
  },
  check: (inputs, params) => checkPooling(inputs, params),
  lower: (b, inputs, params) => {
    const x = inputAt(inputs, 0)
    const { kernel, stride: strides, countPadding } = params
    const { padding, extended } = poolingEdges(params, spatialSize(x.type))
    if (!countPadding || sameShape(padding, extended)) {
      return [averagePool2d(b, x, { kernel, strides, padding: extended, countPadding })]
    }
    // Padding counts, but not what ceil mode adds to it.
    const [top, right, bottom, left] = padding
    const padded = pad(b, x, [0, 0, top, left], [0, 0, bottom, right])
    const rest = [0, extended[1] - right, extended[2] - bottom, 0] as const
    return [averagePool2d(b, padded, { kernel, strides, padding: rest, countPadding: false })]
  },
})
