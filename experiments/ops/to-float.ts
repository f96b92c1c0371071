/** Integers and truth values as float32: true is 1, false is 0. */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { onnxFloat } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const toFloatOp = defineOp({
  name: 'toFloat',
  summary: 'Integers and truth values as float32',
  inputs: ['x'],
  attributes: {},
  shape: (inputs) => [{ dtype: 'float32', shape: inputAt(inputs, 0).shape }],
  cost: () => noCost,
  gradient: nonDifferentiable('its input is not a real number'),
  onnx: (l) => [l.node('Cast', l.inputs, { to: onnxFloat })],
})

export function toFloat(b: OpEmitter, x: Value): Value {
  return emitOne(b, toFloatOp, [x], {})
}
