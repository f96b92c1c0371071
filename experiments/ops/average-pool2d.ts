/**
 * y = the mean of each window; padding counts as zeros when `countPadding`, else only elements inside the image are counted.
 * dx gets dy divided by that count from every window that holds it: see averagePool2dGradient.
 */
import { averagePool2dGradient } from './average-pool2d-gradient.ts'
import { spatialSize } from './convolution.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import {
  averagePoolingAttributes,
  onnxPoolingAttributes,
  pooledType,
  poolingWindow,
  type AveragePoolingAttributes,
} from './pooling.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const averagePool2dOp = defineOp({
  name: 'averagePool2d',
  summary: 'Mean of each window',
  inputs: ['x'],
  attributes: averagePoolingAttributes,
  shape: (inputs, attributes) => [pooledType(inputAt(inputs, 0), attributes, 'average pooling')],
  cost: () => noCost,
  reach: poolingWindow,
  gradient: ({ b, inputs, attributes, upstream }) => [
    averagePool2dGradient(b, inputAt(upstream, 0), { ...attributes, imageSize: spatialSize(inputAt(inputs, 0).type) }),
  ],
  onnx: (l) => [
    l.node('AveragePool', l.inputs, {
      ...onnxPoolingAttributes(l.attributes),
      count_include_pad: l.attributes.countPadding ? 1 : 0,
    }),
  ],
})

export function averagePool2d(b: OpEmitter, x: Value, attributes: AveragePoolingAttributes): Value {
  return emitOne(b, averagePool2dOp, [x], attributes)
}
