/** Multiplies by a constant: large residual networks scale a branch down before it is added. Szegedy et al.: Inception-v4, 2016, section 3.3. */
import { constant } from '../ops/constant.ts'
import { inputAt } from '../ops/expect-type.ts'
import { multiply } from '../ops/multiply.ts'
import { defineLayer } from './define-layer.ts'
import { real } from './params/numbers.ts'

export const scaleLayer = defineLayer({
  id: 'scale',
  version: 1,
  category: 'merge',
  title: 'Scale',
  summary: 'Multiplies by a constant',
  params: {
    factor: real({ label: 'Factor', help: 'A residual branch takes 0.1 to 0.3', min: -1e6, max: 1e6, default: 0.1 }),
  },
  check: () => [],
  lower: (b, inputs, { factor }) => [multiply(b, inputAt(inputs, 0), constant(b, factor))],
})
