/**
 * y = x, but not below `min` nor above `max`. dx = dy strictly between them, else 0.
 */
import { numberAttribute } from './attributes.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reluGradient } from './relu-gradient.ts'
import { subtract } from './subtract.ts'

export const clipOp = defineOp({
  name: 'clip',
  summary: 'The input, held between two limits',
  inputs: ['x'],
  attributes: { min: numberAttribute, max: numberAttribute },
  shape: unaryShape('clip'),
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, inputs, attributes: { min, max }, upstream }) => {
    const x = inputAt(inputs, 0)
    const aboveMin = reluGradient(b, inputAt(upstream, 0), subtract(b, x, constant(b, min)))
    return [reluGradient(b, aboveMin, subtract(b, constant(b, max), x))]
  },
  onnx: (l) => [l.node('Clip', [...l.inputs, l.scalar(l.attributes.min), l.scalar(l.attributes.max)])],
})

export function clip(b: OpEmitter, x: Value, min: number, max: number): Value {
  return emitOne(b, clipOp, [x], { min, max })
}
