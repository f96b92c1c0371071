/** The channels of all inputs, one behind the other in the order of the edges: how the branches of an Inception module meet. */
import { concatenate } from '../ops/concatenate.ts'
import { checkConcatenable } from './check-joined.ts'
import { defineLayer } from './define-layer.ts'

export const concatenateLayer = defineLayer({
  id: 'concatenate',
  version: 1,
  category: 'merge',
  title: 'Concatenate',
  summary: 'The channels of its inputs, one behind the other',
  inputs: [{ name: 'inputs', variadic: true }],
  params: {},
  check: checkConcatenable,
  lower: (b, inputs) => [concatenate(b, inputs, 1)],
})
