/** The mean of each channel over the whole image. Lin, Chen, Yan: Network in Network, 2014. */
import { inputAt } from '../ops/expect-type.ts'
import { reduceMean } from '../ops/reduce-mean.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { globalPoolingParams } from './global-pooling-params.ts'

export const globalAveragePoolLayer = defineLayer({
  id: 'global-average-pool',
  version: 1,
  category: 'pooling',
  title: 'Global average pooling',
  summary: 'The mean of each channel',
  params: globalPoolingParams,
  check: checkImages,
  lower: (b, inputs, { keepSize }) => [reduceMean(b, inputAt(inputs, 0), [2, 3], keepSize)],
})
