/**
 * y = max(x, 0). dx = dy where y > 0, else 0; at 0 the subgradient 0 is taken, as PyTorch and TensorFlow do.
 */
import { defineOp, noCost } from './define-op.ts'
import { unaryShape } from './elementwise.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reluGradient } from './relu-gradient.ts'

export const reluOp = defineOp({
  name: 'relu',
  summary: 'Zero below zero, the input above',
  inputs: ['x'],
  attributes: {},
  shape: unaryShape('relu'),
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, outputs, upstream }) => [reluGradient(b, inputAt(upstream, 0), inputAt(outputs, 0))],
  onnx: (l) => [l.node('Relu', l.inputs)],
})

export function relu(b: OpEmitter, x: Value): Value {
  return emitOne(b, reluOp, [x], {})
}
