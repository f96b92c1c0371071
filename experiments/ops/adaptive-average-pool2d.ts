/**
 * Means over spans of the image that give an output of `size`, whatever the input's: see adaptiveMap in resample.ts. Linear: dx is the
 * transpose on dy.
 */
import { adaptiveAveragePool2dGradient } from './adaptive-average-pool2d-gradient.ts'
import { pairAttribute, type Pair } from './attributes.ts'
import { spatialSize } from './convolution.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { adaptiveMap, onnxResample } from './resample.ts'

export const adaptiveAveragePool2dOp = defineOp({
  name: 'adaptiveAveragePool2d',
  summary: 'Means over spans that give an output of fixed size',
  inputs: ['x'],
  attributes: { size: pairAttribute },
  shape: (inputs, { size }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of adaptiveAveragePool2d', x, 'float32')
    expectAxes('the input of adaptiveAveragePool2d', x, imageAxes)
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...size] }]
  },
  cost: () => noCost,
  reach: ({ size }, inputs) => {
    const image = spatialSize(inputAt(inputs, 0))
    const extent = (axis: 0 | 1) => Math.max(...adaptiveMap(image[axis], size[axis]).map((shares) => shares.length))
    return {
      kernel: [extent(0), extent(1)],
      strides: [image[0] / size[0], image[1] / size[1]],
      dilations: [1, 1],
      padding: [0, 0, 0, 0],
    }
  },
  gradient: ({ b, inputs, upstream }) => [
    adaptiveAveragePool2dGradient(b, inputAt(upstream, 0), spatialSize(inputAt(inputs, 0).type)),
  ],
  onnx: (l) => {
    const image = spatialSize(inputAt(l.inputTypes, 0))
    const { size } = l.attributes
    const rows = adaptiveMap(image[0], size[0])
    return [onnxResample(l, inputAt(l.inputs, 0), rows, adaptiveMap(image[1], size[1]), image, false)]
  },
})

export function adaptiveAveragePool2d(b: OpEmitter, x: Value, size: Pair): Value {
  return emitOne(b, adaptiveAveragePool2dOp, [x], { size })
}
