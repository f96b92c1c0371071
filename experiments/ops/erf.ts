/**
 * The error function: y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. dx = dy 2 / sqrt(pi) exp(-x^2).
 */
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { exp } from './exp.ts'
import { inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { negate } from './negate.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const erfOp = defineOp({
  name: 'erf',
  summary: 'Error function',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('erf'),
  cost: () => noCost,
  gradient: ({ b, inputs, upstream }) => {
    const x = inputAt(inputs, 0)
    const bell = exp(b, negate(b, multiply(b, x, x)))
    return [multiply(b, inputAt(upstream, 0), multiply(b, bell, constant(b, 2 / Math.sqrt(Math.PI))))]
  },
  onnx: (l) => [l.node('Erf', l.inputs)],
})

export function erf(b: OpEmitter, x: Value): Value {
  return emitOne(b, erfOp, [x], {})
}
