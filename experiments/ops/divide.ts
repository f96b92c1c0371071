/**
 * y = a / b. da = dy / b, db = -dy a / b^2 = -(dy / b) y, each summed over the axes along which it was repeated.
 */
import { sumToShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { binaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { multiply } from './multiply.ts'
import { negate } from './negate.ts'

export const divideOp = defineOp({
  name: 'divide',
  summary: 'Quotient of two tensors, element by element, broadcasting',
  inputs: ['a', 'b'],
  attributes: {},
  shape: binaryShape('divide'),
  cost: () => noCost,
  gradient: ({ b, inputs, outputs, upstream, wants }) => {
    const left = inputAt(inputs, 0)
    const right = inputAt(inputs, 1)
    const quotient = divide(b, inputAt(upstream, 0), right)
    const slope = wants[1] ? negate(b, multiply(b, quotient, inputAt(outputs, 0))) : undefined
    return [
      wants[0] ? sumToShape(b, quotient, left.type.shape) : undefined,
      slope && sumToShape(b, slope, right.type.shape),
    ]
  },
  onnx: (l) => [l.node('Div', l.inputs)],
})

export function divide(b: OpEmitter, left: Value, right: Value): Value {
  return emitOne(b, divideOp, [left, right], {})
}
