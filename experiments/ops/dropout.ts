/**
 * y = x / (1 - rate) where the uniform random number is `rate` or more, else 0; the numbers are repeated to the shape of x. Linear in x, so
 * dx is the same op on dy with the same numbers. By the numbers it is piecewise constant.
 */
import { numberAttribute } from './attributes.ts'
import { broadcastShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, expectShape, inputAt } from './expect-type.ts'
import { onnxFloat } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const dropoutOp = defineOp({
  name: 'dropout',
  summary: 'Drops elements and scales the others up',
  inputs: ['x', 'random'],
  attributes: { rate: numberAttribute },
  shape: (inputs) => {
    const x = inputAt(inputs, 0)
    const random = inputAt(inputs, 1)
    expectDataType('the input of dropout', x, 'float32')
    expectDataType('the random numbers of dropout', random, 'float32')
    expectShape('the input of dropout', x, broadcastShape('dropout', x.shape, random.shape))
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, attributes: { rate }, upstream, wants }) => [
    wants[0] ? dropout(b, inputAt(upstream, 0), inputAt(inputs, 1), rate) : undefined,
    undefined,
  ],
  onnx: (l) => {
    const [x = '', random = ''] = l.inputs
    const { rate } = l.attributes
    const kept = l.node('Cast', [l.node('GreaterOrEqual', [random, l.scalar(rate)])], { to: onnxFloat })
    return [l.node('Mul', [x, l.node('Mul', [kept, l.scalar(1 / (1 - rate))])])]
  },
})

export function dropout(b: OpEmitter, x: Value, random: Value, rate: number): Value {
  return emitOne(b, dropoutOp, [x, random], { rate })
}
