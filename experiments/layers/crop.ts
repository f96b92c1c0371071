/** Cuts rows and columns off at the borders of the image. */
import { inputAt } from '../ops/expect-type.ts'
import { slice } from '../ops/slice.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { edges } from './params/edges.ts'

export const cropLayer = defineLayer({
  id: 'crop',
  version: 1,
  category: 'shape',
  title: 'Crop',
  summary: 'Cuts off the borders of the image',
  params: {
    borders: edges({ label: 'Borders', help: 'Rows and columns to cut off at each side', default: [0, 0, 0, 0] }),
  },
  check: (inputs, { borders: [top, right, bottom, left] }) => {
    const notImages = checkImages(inputs)
    if (notImages.length > 0) return notImages
    const [height = 1, width = 1] = inputAt(inputs, 0).shape.slice(2)
    if (top + bottom < height && left + right < width) return []
    const message = `cuts off all of an image of ${height}x${width}: cut off less than ${height} rows and ${width} columns`
    return [{ code: 'shape-mismatch', field: 'borders', message }]
  },
  lower: (b, inputs, { borders: [top, right, bottom, left] }) => [
    slice(b, inputAt(inputs, 0), [0, 0, top, left], [0, 0, bottom, right]),
  ],
})
