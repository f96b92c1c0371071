/** Squashes to between -1 and 1, element by element. */
import { inputAt } from '../ops/expect-type.ts'
import { tanh } from '../ops/tanh.ts'
import { defineLayer } from './define-layer.ts'

export const tanhLayer = defineLayer({
  id: 'tanh',
  version: 1,
  category: 'activation',
  title: 'Tanh',
  summary: 'Squashes to between -1 and 1',
  params: {},
  check: () => [],
  lower: (b, inputs) => [tanh(b, inputAt(inputs, 0))],
})
