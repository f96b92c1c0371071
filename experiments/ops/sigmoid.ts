/**
 * y = 1 / (1 + exp(-x)). dx = dy y (1 - y).
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { constant } from './constant.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'

export const sigmoidOp = defineOp({
  name: 'sigmoid',
  summary: 'Logistic function',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('sigmoid'),
  cost: () => noCost,
  gradient: ({ b, outputs, upstream }) => {
    const y = inputAt(outputs, 0)
    const slope = multiply(b, y, subtract(b, constant(b, 1), y))
    return [multiply(b, inputAt(upstream, 0), slope)]
  },
  onnx: (l) => [l.node('Sigmoid', l.inputs)],
})

export function sigmoid(b: OpEmitter, x: Value): Value {
  return emitOne(b, sigmoidOp, [x], {})
}
