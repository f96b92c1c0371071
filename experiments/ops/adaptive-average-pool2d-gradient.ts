/** The transpose of adaptive average pooling: each pixel collects its share of dy from the spans that hold it. */
import { adaptiveAveragePool2d } from './adaptive-average-pool2d.ts'
import { pairAttribute, type Pair } from './attributes.ts'
import { spatialSize } from './convolution.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { adaptiveMap, onnxResample } from './resample.ts'

export const adaptiveAveragePool2dGradientOp = defineOp({
  name: 'adaptiveAveragePool2dGradient',
  summary: 'Gradient of adaptive average pooling by its input',
  inputs: ['dy'],
  attributes: { imageSize: pairAttribute },
  shape: (inputs, { imageSize }) => {
    const dy = inputAt(inputs, 0)
    expectDataType('dy of adaptiveAveragePool2dGradient', dy, 'float32')
    expectAxes('dy of adaptiveAveragePool2dGradient', dy, imageAxes)
    return [{ dtype: dy.dtype, shape: [...dy.shape.slice(0, 2), ...imageSize] }]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, upstream }) => [
    adaptiveAveragePool2d(b, inputAt(upstream, 0), spatialSize(inputAt(inputs, 0).type)),
  ],
  onnx: (l) => {
    const size = spatialSize(inputAt(l.inputTypes, 0))
    const { imageSize } = l.attributes
    const rows = adaptiveMap(imageSize[0], size[0])
    return [onnxResample(l, inputAt(l.inputs, 0), rows, adaptiveMap(imageSize[1], size[1]), imageSize, true)]
  },
})

export function adaptiveAveragePool2dGradient(b: OpEmitter, dy: Value, imageSize: Pair): Value {
  return emitOne(b, adaptiveAveragePool2dGradientOp, [dy], { imageSize })
}
