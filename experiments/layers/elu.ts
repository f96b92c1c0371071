/** An exponential that levels off below zero, unchanged above, element by element. */
import { inputAt } from '../ops/expect-type.ts'
import { elu } from '../ops/elu.ts'
import { defineLayer } from './define-layer.ts'
import { real } from './params/numbers.ts'

export const eluLayer = defineLayer({
  id: 'elu',
  version: 1,
  category: 'activation',
  title: 'ELU',
  summary: 'An exponential that levels off below zero, unchanged above',
  params: {
    alpha: real({ label: 'Alpha', help: 'The value is never below minus this', min: 0, max: 100, default: 1 }),
  },
  check: () => [],
  lower: (b, inputs, { alpha }) => [elu(b, inputAt(inputs, 0), alpha)],
})
