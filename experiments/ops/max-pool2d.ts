/**
 * y = the largest element of each window; padding never wins. dx gets dy at the first largest element of its window, in
 * row-major order, as PyTorch and TensorFlow do: see maxPool2dGradient.
 */
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { maxPool2dGradient } from './max-pool2d-gradient.ts'
import {
  onnxPoolingAttributes,
  pooledType,
  poolingAttributes,
  poolingWindow,
  type PoolingAttributes,
} from './pooling.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const maxPool2dOp = defineOp({
  name: 'maxPool2d',
  summary: 'Largest element of each window',
  inputs: ['x'],
  attributes: poolingAttributes,
  shape: (inputs, attributes) => [pooledType(inputAt(inputs, 0), attributes, 'max pooling')],
  cost: () => noCost,
  reach: poolingWindow,
  float16: 'follows',
  gradient: ({ b, inputs, outputs, attributes, upstream }) => [
    maxPool2dGradient(b, inputAt(inputs, 0), inputAt(outputs, 0), inputAt(upstream, 0), attributes),
  ],
  onnx: (l) => [l.node('MaxPool', l.inputs, onnxPoolingAttributes(l.attributes))],
})

export function maxPool2d(b: OpEmitter, x: Value, attributes: PoolingAttributes): Value {
  return emitOne(b, maxPool2dOp, [x], attributes)
}
