/**
 * Interpolates linearly to `factor` times the height and width; the positions stand in resample.ts. Linear: dx is the transpose on dy.
 */
import { pairAttribute, type Pair } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { upsampleBilinear2dGradient } from './upsample-bilinear2d-gradient.ts'

export const upsampleBilinear2dOp = defineOp({
  name: 'upsampleBilinear2d',
  summary: 'Interpolates between pixels',
  inputs: ['x'],
  attributes: { factor: pairAttribute },
  shape: (inputs, { factor }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of upsampleBilinear2d', x, 'float32')
    expectAxes('the input of upsampleBilinear2d', x, imageAxes)
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape
    return [{ dtype: x.dtype, shape: [batch, channels, height * factor[0], width * factor[1]] }]
  },
  cost: () => noCost,
  reach: ({ factor: [rows, columns] }) => ({
    kernel: [2, 2],
    strides: [1 / rows, 1 / columns],
    dilations: [1, 1],
    padding: [0.5, 0.5, 0.5, 0.5],
  }),
  gradient: ({ b, attributes: { factor }, upstream }) => [upsampleBilinear2dGradient(b, inputAt(upstream, 0), factor)],
  onnx: (l) => [
    l.node('Resize', [...l.inputs, '', l.floats([1, 1, ...l.attributes.factor])], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
    }),
  ],
})

export function upsampleBilinear2d(b: OpEmitter, x: Value, factor: Pair): Value {
  return emitOne(b, upsampleBilinear2dOp, [x], { factor })
}
