/** Squashes to between 0 and 1, element by element. */
import { inputAt } from '../ops/expect-type.ts'
import { sigmoid } from '../ops/sigmoid.ts'
import { defineLayer } from './define-layer.ts'

export const sigmoidLayer = defineLayer({
  id: 'sigmoid',
  version: 1,
  category: 'activation',
  title: 'Sigmoid',
  summary: 'Squashes to between 0 and 1',
  params: {},
  check: () => [],
  lower: (b, inputs) => [sigmoid(b, inputAt(inputs, 0))],
})
