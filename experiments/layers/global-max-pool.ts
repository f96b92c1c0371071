/** The largest value of each channel over the whole image. */
import { spatialSize } from '../ops/convolution.ts'
import { inputAt } from '../ops/expect-type.ts'
import { maxPool2d } from '../ops/max-pool2d.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { globalPoolingParams, pooledFeatures } from './global-pooling-params.ts'

export const globalMaxPoolLayer = defineLayer({
  id: 'global-max-pool',
  version: 1,
  category: 'pooling',
  title: 'Global max pooling',
  summary: 'The largest value of each channel',
  params: globalPoolingParams,
  check: checkImages,
  lower: (b, inputs, { keepSize }) => {
    const x = inputAt(inputs, 0)
    const kernel = spatialSize(x.type)
    return [pooledFeatures(b, maxPool2d(b, x, { kernel, strides: kernel, padding: [0, 0, 0, 0] }), keepSize)]
  },
})
