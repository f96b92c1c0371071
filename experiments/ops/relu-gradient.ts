/**
 * dx = dy where y > 0, else 0, with y the output of relu. Linear in dy; its own derivative by y is zero almost everywhere.
 */
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, expectShape, inputAt } from './expect-type.ts'
import { onnxFloat } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const reluGradientOp = defineOp({
  name: 'reluGradient',
  summary: 'Passes a gradient where relu was active',
  inputs: ['dy', 'y'],
  attributes: {},
  shape: (inputs) => {
    const dy = inputAt(inputs, 0)
    expectDataType('dy of reluGradient', dy, 'float32')
    expectShape('y of reluGradient', inputAt(inputs, 1), dy.shape)
    return [dy]
  },
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, inputs, upstream, wants }) => [
    wants[0] ? reluGradient(b, inputAt(upstream, 0), inputAt(inputs, 1)) : undefined,
    undefined,
  ],
  // Twice as fast as Where on the CPU.
  onnx: (l) => {
    const [dy = '', y = ''] = l.inputs
    return [l.node('Mul', [dy, l.node('Cast', [l.node('Greater', [y, l.scalar(0)])], { to: onnxFloat })])]
  },
})

export function reluGradient(b: OpEmitter, dy: Value, y: Value): Value {
  return emitOne(b, reluGradientOp, [dy, y], {})
}
