/**
 * y = a b. da = dy b, db = dy a, each summed over the axes along which it was repeated.
 */
import { sumToShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { binaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const multiplyOp = defineOp({
  name: 'multiply',
  summary: 'Product of two tensors, element by element, broadcasting',
  inputs: ['a', 'b'],
  attributes: {},
  shape: binaryShape('multiply'),
  cost: () => noCost,
  gradient: ({ b, inputs, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const left = inputAt(inputs, 0)
    const right = inputAt(inputs, 1)
    return [
      wants[0] ? sumToShape(b, multiply(b, dy, right), left.type.shape) : undefined,
      wants[1] ? sumToShape(b, multiply(b, dy, left), right.type.shape) : undefined,
    ]
  },
  onnx: (l) => [l.node('Mul', l.inputs)],
})

export function multiply(b: OpEmitter, left: Value, right: Value): Value {
  return emitOne(b, multiplyOp, [left, right], {})
}
