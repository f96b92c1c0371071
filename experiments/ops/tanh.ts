/**
 * y = tanh x. dx = dy (1 - y^2).
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { constant } from './constant.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'

export const tanhOp = defineOp({
  name: 'tanh',
  summary: 'Hyperbolic tangent',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('tanh'),
  cost: () => noCost,
  gradient: ({ b, outputs, upstream }) => {
    const y = inputAt(outputs, 0)
    const slope = subtract(b, constant(b, 1), multiply(b, y, y))
    return [multiply(b, inputAt(upstream, 0), slope)]
  },
  onnx: (l) => [l.node('Tanh', l.inputs)],
})

export function tanh(b: OpEmitter, x: Value): Value {
  return emitOne(b, tanhOp, [x], {})
}
