/**
 * Repeats each pixel `factor` times down and across. dx sums dy over each pixel's copies: average pooling times their number.
 */
import { averagePool2d } from './average-pool2d.ts'
import { pairAttribute, type Pair } from './attributes.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const upsampleNearest2dOp = defineOp({
  name: 'upsampleNearest2d',
  summary: 'Repeats each pixel',
  inputs: ['x'],
  attributes: { factor: pairAttribute },
  shape: (inputs, { factor }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of upsampleNearest2d', x, 'float32')
    expectAxes('the input of upsampleNearest2d', x, imageAxes)
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape
    return [{ dtype: x.dtype, shape: [batch, channels, height * factor[0], width * factor[1]] }]
  },
  cost: () => noCost,
  reach: ({ factor: [rows, columns] }) => ({
    kernel: [1, 1],
    strides: [1 / rows, 1 / columns],
    dilations: [1, 1],
    padding: [0, 0, 0, 0],
  }),
  gradient: ({ b, attributes: { factor }, upstream }) => {
    const settings = { kernel: factor, strides: factor, padding: [0, 0, 0, 0], countPadding: false } as const
    return [multiply(b, averagePool2d(b, inputAt(upstream, 0), settings), constant(b, factor[0] * factor[1]))]
  },
  onnx: (l) => [
    l.node('Resize', [...l.inputs, '', l.floats([1, 1, ...l.attributes.factor])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  ],
})

export function upsampleNearest2d(b: OpEmitter, x: Value, factor: Pair): Value {
  return emitOne(b, upsampleNearest2dOp, [x], { factor })
}
