/**
 * y = exp x. dx = dy y.
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { multiply } from './multiply.ts'

export const expOp = defineOp({
  name: 'exp',
  summary: 'Exponential',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('exp'),
  cost: () => noCost,
  gradient: ({ b, outputs, upstream }) => [multiply(b, inputAt(upstream, 0), inputAt(outputs, 0))],
  onnx: (l) => [l.node('Exp', l.inputs)],
})

export function exp(b: OpEmitter, x: Value): Value {
  return emitOne(b, expOp, [x], {})
}
