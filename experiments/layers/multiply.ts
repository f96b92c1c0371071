/** The product of all inputs, element by element; a 1x1 image is repeated to the size of the others, so that it weighs whole channels. */
import { multiply } from '../ops/multiply.ts'
import { checkRepeatable } from './check-joined.ts'
import { defineLayer } from './define-layer.ts'

export const multiplyLayer = defineLayer({
  id: 'multiply',
  version: 1,
  category: 'merge',
  title: 'Multiply',
  summary: 'The product of its inputs',
  inputs: [{ name: 'inputs', variadic: true }],
  params: {},
  check: (inputs) => checkRepeatable(inputs, 'multiply'),
  lower: (b, inputs) => [inputs.reduce((product, input) => multiply(b, product, input))],
})
