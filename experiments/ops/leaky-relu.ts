/**
 * y = x above 0, slope x below. dx = slope dy + (1 - slope) dy where x > 0. Maas, Hannun, Ng 2013.
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

export const leakyReluOp = defineOp({
  name: 'leakyRelu',
  summary: 'The input above zero, a small part of it below',
  inputs: ['x'],
  attributes: { slope: numberAttribute },
  shape: unaryShape('leakyRelu'),
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, inputs, attributes: { slope }, upstream }) => {
    const dy = inputAt(upstream, 0)
    const active = reluGradient(b, dy, inputAt(inputs, 0))
    return [add(b, multiply(b, dy, constant(b, slope)), multiply(b, active, constant(b, 1 - slope)))]
  },
  onnx: (l) => [l.node('LeakyRelu', l.inputs, { alpha: { float: l.attributes.slope } })],
})

export function leakyRelu(b: OpEmitter, x: Value, slope: number): Value {
  return emitOne(b, leakyReluOp, [x], { slope })
}
