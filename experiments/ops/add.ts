/**
 * y = a + b. da = dy, db = dy, each summed over the axes along which it was repeated.
 */
import { sumToShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { binaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const addOp = defineOp({
  name: 'add',
  summary: 'Sum of two tensors, broadcasting',
  inputs: ['a', 'b'],
  attributes: {},
  shape: binaryShape('add'),
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, inputs, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const left = inputAt(inputs, 0)
    const right = inputAt(inputs, 1)
    return [
      wants[0] ? sumToShape(b, dy, left.type.shape) : undefined,
      wants[1] ? sumToShape(b, dy, right.type.shape) : undefined,
    ]
  },
  onnx: (l) => [l.node('Add', l.inputs)],
})

export function add(b: OpEmitter, left: Value, right: Value): Value {
  return emitOne(b, addOp, [left, right], {})
}
