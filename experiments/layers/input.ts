/** Where the images enter. Their size is fixed per network; the dataset is checked against it. */
import { defineLayer } from './define-layer.ts'
import { integer } from './params/numbers.ts'

const side = { min: 1, max: 4096, unit: 'px' }

export const inputLayer = defineLayer({
  id: 'input',
  version: 1,
  category: 'input',
  title: 'Input',
  summary: 'The images of a batch',
  inputs: [],
  params: {
    height: integer({ label: 'Height', help: 'Rows of an image', ...side, default: 32 }),
    width: integer({ label: 'Width', help: 'Columns of an image', ...side, default: 32 }),
    channels: integer({
      label: 'Channels',
      help: 'Values per pixel: 1 for grey, 3 for colour',
      min: 1,
      max: 1024,
      default: 3,
    }),
  },
  check: () => [],
  lower: (b, _inputs, { channels, height, width }) => [b.images(channels, height, width)],
})
