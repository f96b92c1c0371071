/**
 * y = -x. dx = -dy.
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const negateOp = defineOp({
  name: 'negate',
  summary: 'The negative of the input',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('negate'),
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, upstream }) => [negate(b, inputAt(upstream, 0))],
  onnx: (l) => [l.node('Neg', l.inputs)],
})

export function negate(b: OpEmitter, x: Value): Value {
  return emitOne(b, negateOp, [x], {})
}
