/**
 * y = sqrt x. dx = dy / (2 y).
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { constant } from './constant.ts'
import { divide } from './divide.ts'
import { multiply } from './multiply.ts'

export const sqrtOp = defineOp({
  name: 'sqrt',
  summary: 'Square root',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('sqrt'),
  cost: () => noCost,
  gradient: ({ b, outputs, upstream }) => {
    const doubled = multiply(b, constant(b, 2), inputAt(outputs, 0))
    return [divide(b, inputAt(upstream, 0), doubled)]
  },
  onnx: (l) => [l.node('Sqrt', l.inputs)],
})

export function sqrt(b: OpEmitter, x: Value): Value {
  return emitOne(b, sqrtOp, [x], {})
}
