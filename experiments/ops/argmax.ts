/** Index of the largest element along the last axis, the first one among equals. */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { onnxInt32 } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const argmaxOp = defineOp({
  name: 'argmax',
  summary: 'Index of the largest element along the last axis',
  inputs: ['x'],
  attributes: {},
  shape: (inputs) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of argmax', x, 'float32')
    return [{ dtype: 'int32', shape: x.shape.slice(0, -1) }]
  },
  cost: () => noCost,
  gradient: nonDifferentiable('its output is an index'),
  onnx: (l) => [l.node('Cast', [l.node('ArgMax', l.inputs, { axis: -1, keepdims: 0 })], { to: onnxInt32 })],
})

export function argmax(b: OpEmitter, x: Value): Value {
  return emitOne(b, argmaxOp, [x], {})
}
