/** Convolution over rows and columns: each filter slides over the image and yields one channel. Of kernel 1 it mixes channels only. */
import { inputAt } from '../ops/expect-type.ts'
import { checkImages } from './check-images.ts'
import { filterParams, lowerConvolution, windowParams } from './convolution-params.ts'
import { defineLayer } from './define-layer.ts'
import { integer } from './params/numbers.ts'

export const conv2dLayer = defineLayer({
  id: 'conv2d',
  version: 1,
  category: 'convolution',
  title: 'Convolution',
  summary: 'Filters that slide over the image',
  params: {
    filters: integer({ label: 'Filters', help: 'Output channels', min: 1, max: 65_536, default: 32, isWidth: true }),
    ...windowParams,
    groups: integer({
      label: 'Groups',
      help: 'Independent parts that channels and filters are split into; as many as channels is a depthwise convolution',
      min: 1,
      max: 65_536,
      default: 1,
    }),
    ...filterParams,
  },
  featuresParam: 'filters',
  check: (inputs, { filters, groups }) => {
    const notImages = checkImages(inputs)
    if (notImages.length > 0) return notImages
    const channels = inputAt(inputs, 0).shape[1] ?? 1
    const odd = [
      { what: `${channels} input channels`, count: channels, field: 'groups' },
      { what: `${filters} filters`, count: filters, field: 'filters' },
    ].filter(({ count }) => count % groups !== 0)
    return odd.map(({ what, field }) => ({
      code: 'shape-mismatch',
      field,
      message: `${what} cannot be split into ${groups} equal groups: choose a number of groups that divides both channels and filters`,
    }))
  },
  lower: (b, inputs, params) => [lowerConvolution(b, inputAt(inputs, 0), params)],
})
