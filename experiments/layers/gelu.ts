/** The input times the probability that a normal number is smaller; the exact form, not the approximation by tanh. */
import { inputAt } from '../ops/expect-type.ts'
import { gelu } from '../ops/gelu.ts'
import { defineLayer } from './define-layer.ts'

export const geluLayer = defineLayer({
  id: 'gelu',
  version: 1,
  category: 'activation',
  title: 'GELU',
  summary: 'The input, weighed by its normal distribution function',
  params: {},
  check: () => [],
  lower: (b, inputs) => [gelu(b, inputAt(inputs, 0))],
})
