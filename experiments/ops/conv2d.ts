/**
 * Two-dimensional convolution; the formula stands in convolution.ts. It is linear in x and in the filter, so each gradient is
 * the transpose of the map with the other held fixed: conv2dInputGradient and conv2dFilterGradient. d bias[o] sums dy over
 * images and positions.
 */
import { convolutionAttributes, convolutionMultiplyAdds, convolutionWindow } from './convolution.ts'
import { checkGroups, spatialSize, type ConvolutionAttributes } from './convolution.ts'
import { conv2dFilterGradient } from './conv2d-filter-gradient.ts'
import { conv2dInputGradient } from './conv2d-input-gradient.ts'
import { defineOp } from './define-op.ts'
import { expectAxes, expectDataType, expectShape, imageAxes, inputAt } from './expect-type.ts'
import { onnxConvolution } from './onnx-convolution.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reduceSum } from './reduce-sum.ts'
import { windowOutputSize } from './window.ts'

export const conv2dOp = defineOp({
  name: 'conv2d',
  summary: 'Convolution over rows and columns',
  inputs: ['x', 'filter', 'bias?'],
  attributes: convolutionAttributes,
  shape: (inputs, attributes) => {
    const x = inputAt(inputs, 0)
    const filter = inputAt(inputs, 1)
    const bias = inputs[2]
    expectDataType('the input of a convolution', x, 'float32')
    expectAxes('the input of a convolution', x, imageAxes)
    expectAxes('the filter', filter, ['filters', 'channels', 'height', 'width'])
    const [batch = 1, channels = 1] = x.shape
    const [outputs = 1, channelsPerGroup = 1] = filter.shape
    checkGroups(channels, outputs, channelsPerGroup, attributes.groups)
    if (bias) expectShape('the bias', bias, [outputs])
    const window = convolutionWindow(spatialSize(filter), attributes)
    return [
      { dtype: 'float32', shape: [batch, outputs, ...windowOutputSize(spatialSize(x), window, 'the convolution')] },
    ]
  },
  cost: (inputs, outputs) => {
    const filter = inputAt(inputs, 1)
    return {
      multiplyAdds: convolutionMultiplyAdds(inputAt(outputs, 0), filter.shape[1] ?? 1, spatialSize(filter)),
    }
  },
  reach: (attributes, inputs) => convolutionWindow(spatialSize(inputAt(inputs, 1)), attributes),
  float16: 'computes',
  gradient: ({ b, inputs, attributes, upstream, wants }) => {
    const x = inputAt(inputs, 0)
    const filter = inputAt(inputs, 1)
    const dy = inputAt(upstream, 0)
    return [
      wants[0] ? conv2dInputGradient(b, dy, filter, { ...attributes, imageSize: spatialSize(x.type) }) : undefined,
      wants[1] ? conv2dFilterGradient(b, x, dy, { ...attributes, kernel: spatialSize(filter.type) }) : undefined,
      wants[2] ? reduceSum(b, dy, [0, 2, 3]) : undefined,
    ]
  },
  onnx: (l) => {
    const [x = '', filter = '', bias] = l.inputs
    const channels = inputAt(l.inputTypes, 0).shape[1] ?? 1
    const filterShape = inputAt(l.inputTypes, 1).shape
    const outputSize = spatialSize(inputAt(l.outputTypes, 0))
    return [onnxConvolution(l, { x, filter, bias, channels, filterShape, outputSize }, l.attributes)]
  },
})

export function conv2d(b: OpEmitter, x: Value, filter: Value, attributes: ConvolutionAttributes, bias?: Value): Value {
  return emitOne(b, conv2dOp, bias ? [x, filter, bias] : [x, filter], attributes)
}
