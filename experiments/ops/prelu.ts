/**
 * y = max(x, 0) + slope min(x, 0) with a slope that is learned and repeated to the shape of x. dx = dy where x > 0, else dy slope;
 * d slope = dy min(x, 0), summed over its repetitions. He et al.: Delving Deep into Rectifiers, 2015.
 */
import { add } from './add.ts'
import { broadcastShape, sumToShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, expectShape, inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { relu } from './relu.ts'
import { reluGradient } from './relu-gradient.ts'
import { subtract } from './subtract.ts'

export const preluOp = defineOp({
  name: 'prelu',
  summary: 'The input above zero, a learned part of it below',
  inputs: ['x', 'slope'],
  attributes: {},
  shape: (inputs) => {
    const x = inputAt(inputs, 0)
    const slope = inputAt(inputs, 1)
    expectDataType('the input of prelu', x, 'float32')
    expectDataType('the slope of prelu', slope, 'float32')
    expectShape('the input of prelu', x, broadcastShape('prelu', x.shape, slope.shape))
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const x = inputAt(inputs, 0)
    const slope = inputAt(inputs, 1)
    const active = reluGradient(b, dy, x)
    const negativePart = () => subtract(b, x, relu(b, x))
    return [
      wants[0] ? add(b, active, multiply(b, subtract(b, dy, active), slope)) : undefined,
      wants[1] ? sumToShape(b, multiply(b, dy, negativePart()), slope.type.shape) : undefined,
    ]
  },
  onnx: (l) => [l.node('PRelu', l.inputs)],
})

export function prelu(b: OpEmitter, x: Value, slope: Value): Value {
  return emitOne(b, preluOp, [x, slope], {})
}
