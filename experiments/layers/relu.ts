/** Zero below zero, unchanged above, element by element. */
import { inputAt } from '../ops/expect-type.ts'
import { relu } from '../ops/relu.ts'
import { defineLayer } from './define-layer.ts'

export const reluLayer = defineLayer({
  id: 'relu',
  version: 1,
  category: 'activation',
  title: 'ReLU',
  summary: 'Zero below zero, unchanged above',
  params: {},
  check: () => [],
  lower: (b, inputs) => [relu(b, inputAt(inputs, 0))],
})
