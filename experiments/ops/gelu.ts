/**
 * y = x P(x) with the normal distribution function P(x) = (1 + erf(x / sqrt 2)) / 2; exact, not the approximation by tanh.
 * dx = dy (P(x) + x p(x)), where p(x) = exp(-x^2 / 2) / sqrt(2 pi). Hendrycks, Gimpel 2016.
 */
import { add } from './add.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { erf } from './erf.ts'
import { exp } from './exp.ts'
import { inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const geluOp = defineOp({
  name: 'gelu',
  summary: 'The input, weighed by its normal distribution function',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('gelu'),
  cost: () => noCost,
  gradient: ({ b, inputs, upstream }) => {
    const x = inputAt(inputs, 0)
    const half = constant(b, 0.5)
    const spread = erf(b, multiply(b, x, constant(b, Math.SQRT1_2)))
    const probability = add(b, multiply(b, spread, half), half)
    const bell = exp(b, multiply(b, multiply(b, x, x), constant(b, -0.5)))
    const density = multiply(b, bell, constant(b, 1 / Math.sqrt(2 * Math.PI)))
    return [multiply(b, inputAt(upstream, 0), add(b, probability, multiply(b, x, density)))]
  },
  onnx: (l) => {
    if (l.target.opset >= 20) return [l.node('Gelu', l.inputs)]
    if (l.target.contribOps) return [l.node('Gelu', l.inputs, {}, { domain: 'com.microsoft' })]
    const x = inputAt(l.inputs, 0)
    const spread = l.node('Erf', [l.node('Mul', [x, l.scalar(Math.SQRT1_2)])])
    return [l.node('Mul', [l.node('Mul', [x, l.scalar(0.5)]), l.node('Add', [spread, l.scalar(1)])])]
  },
})

export function gelu(b: OpEmitter, x: Value): Value {
  return emitOne(b, geluOp, [x], {})
}
