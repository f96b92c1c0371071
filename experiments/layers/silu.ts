/** The input times its sigmoid, element by element; also called swish. Elfwing, Uchibe, Doya 2018. */
import { inputAt } from '../ops/expect-type.ts'
import { multiply } from '../ops/multiply.ts'
import { sigmoid } from '../ops/sigmoid.ts'
import { defineLayer } from './define-layer.ts'

export const siluLayer = defineLayer({
  id: 'silu',
  version: 1,
  category: 'activation',
  title: 'SiLU',
  summary: 'The input times its sigmoid',
  params: {},
  check: () => [],
  lower: (b, inputs) => {
    const x = inputAt(inputs, 0)
    return [multiply(b, x, sigmoid(b, x))]
  },
})
