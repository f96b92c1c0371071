/** A small part of the input below zero, unchanged above, element by element. */
import { inputAt } from '../ops/expect-type.ts'
import { leakyRelu } from '../ops/leaky-relu.ts'
import { defineLayer } from './define-layer.ts'
import { real } from './params/numbers.ts'

export const leakyReluLayer = defineLayer({
  id: 'leaky-relu',
  version: 1,
  category: 'activation',
  title: 'Leaky ReLU',
  summary: 'A small part of the input below zero, unchanged above',
  params: {
    slope: real({ label: 'Slope', help: 'Share of the input that passes below zero', min: 0, max: 1, default: 0.01 }),
  },
  check: () => [],
  lower: (b, inputs, { slope }) => [leakyRelu(b, inputAt(inputs, 0), slope)],
})
