/** Turns the images of each example into one list of features, channel after channel, row after row. */
import { inputAt } from '../ops/expect-type.ts'
import { reshape } from '../ops/reshape.ts'
import { elementCount } from '../ops/tensor-type.ts'
import { defineLayer } from './define-layer.ts'

export const flattenLayer = defineLayer({
  id: 'flatten',
  version: 1,
  category: 'shape',
  title: 'Flatten',
  summary: 'One list of features per example',
  params: {},
  check: () => [],
  lower: (b, inputs) => {
    const x = inputAt(inputs, 0)
    return [reshape(b, x, [-1, elementCount(x.type.shape.slice(1))])]
  },
})
