/**
 * Sends dy of each window to the first of its largest elements in row-major order; where windows overlap the shares add up.
 * Linear in dy; by x and y it is piecewise constant, and second derivatives through it are not offered.
 */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { expectShape, inputAt } from './expect-type.ts'
import { lowerMaxPoolGradient } from './max-pool2d-gradient-onnx.ts'
import { pooledType, poolingAttributes, type PoolingAttributes } from './pooling.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const maxPool2dGradientOp = defineOp({
  name: 'maxPool2dGradient',
  summary: 'Gradient of max pooling by its input',
  inputs: ['x', 'y', 'dy'],
  attributes: poolingAttributes,
  shape: (inputs, attributes) => {
    const x = inputAt(inputs, 0)
    const pooled = pooledType(x, attributes, 'the gradient of max pooling')
    expectShape('y of maxPool2dGradient', inputAt(inputs, 1), pooled.shape)
    expectShape('dy of maxPool2dGradient', inputAt(inputs, 2), pooled.shape)
    return [x]
  },
  cost: () => noCost,
  float16: 'follows',
  gradient: nonDifferentiable('which element of a window is largest does not change smoothly'),
  onnx: (l) => [lowerMaxPoolGradient(l)],
})

export function maxPool2dGradient(b: OpEmitter, x: Value, y: Value, dy: Value, attributes: PoolingAttributes): Value {
  return emitOne(b, maxPool2dGradientOp, [x, y, dy], attributes)
}
