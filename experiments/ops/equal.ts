/** Whether two tensors are equal, element by element, broadcasting. */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { binaryShape } from './elementwise.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const equalOp = defineOp({
  name: 'equal',
  summary: 'Whether elements are equal',
  inputs: ['a', 'b'],
  attributes: {},
  shape: binaryShape('equal', 'bool'),
  cost: () => noCost,
  gradient: nonDifferentiable('its output is true or false'),
  onnx: (l) => [l.node('Equal', l.inputs)],
})

export function equal(b: OpEmitter, left: Value, right: Value): Value {
  return emitOne(b, equalOp, [left, right], {})
}
