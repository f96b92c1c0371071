/** Means over spans of the image that give an output of fixed size: what lets one network take images of any size before its dense layers. */
import { adaptiveAveragePool2d } from '../ops/adaptive-average-pool2d.ts'
import { averagePool2d } from '../ops/average-pool2d.ts'
import type { Pair } from '../ops/attributes.ts'
import { spatialSize } from '../ops/convolution.ts'
import { inputAt } from '../ops/expect-type.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { size2d } from './params/size2d.ts'

export const adaptiveAveragePool2dLayer = defineLayer({
  id: 'adaptive-average-pool2d',
  version: 1,
  category: 'pooling',
  title: 'Adaptive average pooling',
  summary: 'Means that give an output of fixed size',
  params: {
    size: size2d({
      label: 'Size',
      help: 'Height and width of the output',
      min: 1,
      max: 1024,
      unit: 'px',
      default: [1, 1],
    }),
  },
  check: checkImages,
  lower: (b, inputs, { size }) => {
    const x = inputAt(inputs, 0)
    const image = spatialSize(x.type)
    // Where the size divides the image, all spans are equal windows.
    if (image[0] % size[0] !== 0 || image[1] % size[1] !== 0) return [adaptiveAveragePool2d(b, x, size)]
    const kernel: Pair = [image[0] / size[0], image[1] / size[1]]
    return [averagePool2d(b, x, { kernel, strides: kernel, padding: [0, 0, 0, 0], countPadding: false })]
  },
})
