/**
 * y = x above 0, alpha (exp x - 1) below. dx = dy above, dy (y + alpha) below. Clevert, Unterthiner, Hochreiter 2016.
 */
import { add } from './add.ts'
import { numberAttribute } from './attributes.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reluGradient } from './relu-gradient.ts'
import { subtract } from './subtract.ts'

export const eluOp = defineOp({
  name: 'elu',
  summary: 'The input above zero, an exponential that levels off below',
  inputs: ['x'],
  attributes: { alpha: numberAttribute },
  shape: unaryShape('elu'),
  cost: () => noCost,
  gradient: ({ b, inputs, outputs, attributes: { alpha }, upstream }) => {
    const dy = inputAt(upstream, 0)
    const active = reluGradient(b, dy, inputAt(inputs, 0))
    const slope = add(b, inputAt(outputs, 0), constant(b, alpha))
    return [add(b, active, multiply(b, subtract(b, dy, active), slope))]
  },
  onnx: (l) => [l.node('Elu', l.inputs, { alpha: { float: l.attributes.alpha } })],
})

export function elu(b: OpEmitter, x: Value, alpha: number): Value {
  return emitOne(b, eluOp, [x], { alpha })
}
