/**
 * y = log x. dx = dy / x.
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { divide } from './divide.ts'

export const logOp = defineOp({
  name: 'log',
  summary: 'Natural logarithm',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('log'),
  cost: () => noCost,
  gradient: ({ b, inputs, upstream }) => [divide(b, inputAt(upstream, 0), inputAt(inputs, 0))],
  onnx: (l) => [l.node('Log', l.inputs)],
})

export function log(b: OpEmitter, x: Value): Value {
  return emitOne(b, logOp, [x], {})
}
