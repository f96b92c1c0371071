/** Positive numbers that sum to 1 over channels or features. The classifier needs none before it: its loss includes the softmax. */
import { inputAt } from '../ops/expect-type.ts'
import { softmax } from '../ops/softmax.ts'
import { defineLayer } from './define-layer.ts'

export const softmaxLayer = defineLayer({
  id: 'softmax',
  version: 1,
  category: 'activation',
  title: 'Softmax',
  summary: 'Positive numbers that sum to 1 over channels; not needed before a classifier',
  params: {},
  check: () => [],
  lower: (b, inputs) => [softmax(b, inputAt(inputs, 0), 1)],
})
