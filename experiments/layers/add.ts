/** The sum of all inputs, element by element: where a residual branch and its shortcut meet. */
import { add } from '../ops/add.ts'
import { checkEqualShapes } from './check-joined.ts'
import { defineLayer } from './define-layer.ts'

export const addLayer = defineLayer({
  id: 'add',
  version: 1,
  category: 'merge',
  title: 'Add',
  summary: 'The sum of its inputs',
  inputs: [{ name: 'inputs', variadic: true }],
  params: {},
  check: (inputs) => checkEqualShapes(inputs, 'add'),
  lower: (b, inputs) => [inputs.reduce((sum, input) => add(b, sum, input))],
})
