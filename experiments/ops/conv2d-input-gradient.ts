/**
 * Transpose of convolution in x: dx[n, c, p, q] sums filter[o, c, u, v] dy[n, o, i, j] over all i, j, u, v that read it, that is
 * p = i s + u d - top and q = j s + v d - left. With stride 1 it is itself a convolution of dy with the filter turned by 180
 * degrees, channels and filters exchanged, padding d (k - 1) - p. It is linear in dy and in the filter.
 */
import { pairAttribute, type AttributesOf, type Pair } from './attributes.ts'
import { convolutionAttributes, convolutionMultiplyAdds, convolutionWindow } from './convolution.ts'
import { checkGroups, spatialSize } from './convolution.ts'
import { conv2d } from './conv2d.ts'
import { conv2dFilterGradient } from './conv2d-filter-gradient.ts'
import { defineOp } from './define-op.ts'
import { expectAxes, expectDataType, expectShape, imageAxes, inputAt } from './expect-type.ts'
import { onnxConvolution, onnxTransposedConvolution } from './onnx-convolution.ts'
import { ints, type OnnxLowering } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { onnxPads, windowExtent, windowOutputSize, type Window } from './window.ts'

const attributeTable = { ...convolutionAttributes, imageSize: pairAttribute }
type InputGradientAttributes = AttributesOf<typeof attributeTable>

export const conv2dInputGradientOp = defineOp({
  name: 'conv2dInputGradient',
  summary: 'Gradient of a convolution by its input',
  inputs: ['dy', 'filter'],
  attributes: attributeTable,
  shape: (inputs, attributes) => {
    const dy = inputAt(inputs, 0)
    const filter = inputAt(inputs, 1)
    expectDataType('dy of conv2dInputGradient', dy, 'float32')
    expectAxes('dy of conv2dInputGradient', dy, imageAxes)
    expectAxes('the filter', filter, ['filters', 'channels', 'height', 'width'])
    const [batch = 1] = dy.shape
    const [outputs = 1, channelsPerGroup = 1] = filter.shape
    const channels = channelsPerGroup * attributes.groups
    checkGroups(channels, outputs, channelsPerGroup, attributes.groups)
    const window = convolutionWindow(spatialSize(filter), attributes)
    const size = windowOutputSize(attributes.imageSize, window, 'conv2dInputGradient')
    expectShape('dy of conv2dInputGradient', dy, [batch, outputs, ...size])
    return [{ dtype: 'float32', shape: [batch, channels, ...attributes.imageSize] }]
  },
  cost: (inputs) => {
    const filter = inputAt(inputs, 1)
    return { multiplyAdds: convolutionMultiplyAdds(inputAt(inputs, 0), filter.shape[1] ?? 1, spatialSize(filter)) }
  },
  float16: 'computes',
  gradient: ({ b, inputs, attributes: { imageSize: _, ...attributes }, upstream, wants }) => {
    const dy = inputAt(inputs, 0)
    const filter = inputAt(inputs, 1)
    const dOutput = inputAt(upstream, 0)
    return [
      wants[0] ? conv2d(b, dOutput, filter, attributes) : undefined,
      wants[1] ? conv2dFilterGradient(b, dOutput, dy, { ...attributes, kernel: spatialSize(filter.type) }) : undefined,
    ]
  },
  onnx: (l) => [prefersConvolution(l) ? turnedConvolution(l) : transposedConvolution(l)],
})

/**
 * With few channels to make, a convolution spends its time on gathering patches of dy; the transposed one scatters those of dx instead.
 * Measured on one thread / two, in ms: 6 channels 5x5 1.5 / 1.1 against 6.2 / 2.8, 3 channels 3x3 3.5 / 1.3 against 6.8 / 3.4, but
 * 8 channels 5x5 2.7 against 1.7 and 16 channels 3x3 7.7 / 11.4 against 6.1 / 3.9: it does not use a second thread well.
 */
const fewChannels = 6

function prefersConvolution(l: OnnxLowering<InputGradientAttributes>): boolean {
  const filter = inputAt(l.inputTypes, 1)
  const window = convolutionWindow(spatialSize(filter), l.attributes)
  const isPossible =
    l.attributes.strides.every((stride) => stride === 1) && turnedPadding(window).every((edge) => edge >= 0)
  return isPossible && (l.target.provider !== 'cpu' || (filter.shape[1] ?? 1) > fewChannels)
}

function turnedPadding(window: Window): readonly [number, number, number, number] {
  const [top, right, bottom, left] = window.padding
  const rows = windowExtent(window, 0) - 1
  const columns = windowExtent(window, 1) - 1
  return [rows - top, columns - right, rows - bottom, columns - left]
}

function turnedConvolution(l: OnnxLowering<InputGradientAttributes>): string {
  const [dy = '', filter = ''] = l.inputs
  const { groups, dilations } = l.attributes
  const filterType = inputAt(l.inputTypes, 1)
  const [outputs = 1, channelsPerGroup = 1] = filterType.shape
  const kernel = spatialSize(filterType)
  const exchanged = exchangeChannels(l, filter, outputs / groups, channelsPerGroup, kernel)
  const pointwise = kernel[0] === 1 && kernel[1] === 1
  const turned = pointwise ? exchanged : turnHalf(l, exchanged)
  return onnxConvolution(
    l,
    {
      x: dy,
      filter: turned,
      channels: outputs,
      filterShape: [groups * channelsPerGroup, outputs / groups, ...kernel],
      outputSize: l.attributes.imageSize,
    },
    { strides: [1, 1], dilations, padding: turnedPadding(convolutionWindow(kernel, l.attributes)), groups },
  )
}

/** [O, C / groups, ...] to [C, O / groups, ...]. */
function exchangeChannels(
  l: OnnxLowering<InputGradientAttributes>,
  filter: string,
  outputsPerGroup: number,
  channelsPerGroup: number,
  kernel: Pair,
): string {
  const { groups } = l.attributes
  if (groups === 1) return l.node('Transpose', [filter], { perm: ints([1, 0, 2, 3]) })
  const split = l.node('Reshape', [filter, l.integers([groups, outputsPerGroup, channelsPerGroup, ...kernel])])
  const exchanged = l.node('Transpose', [split], { perm: ints([0, 2, 1, 3, 4]) })
  return l.node('Reshape', [exchanged, l.integers([groups * channelsPerGroup, outputsPerGroup, ...kernel])])
}

function turnHalf(l: OnnxLowering<InputGradientAttributes>, filter: string): string {
  const last = l.integers([-1, -1])
  const beforeFirst = l.integers([-(2 ** 31), -(2 ** 31)])
  return l.node('Slice', [filter, last, beforeFirst, l.integers([2, 3]), l.integers([-1, -1])])
}

function transposedConvolution(l: OnnxLowering<InputGradientAttributes>): string {
  const [dy = '', filter = ''] = l.inputs
  const { strides, dilations, padding, groups, imageSize } = l.attributes
  const filterShape = inputAt(l.inputTypes, 1).shape
  const kernel = spatialSize({ dtype: 'float32', shape: filterShape })
  const window = convolutionWindow(kernel, l.attributes)
  const output = spatialSize(inputAt(l.inputTypes, 0))
  const [top, right, bottom, left] = padding
  const covered = [
    (output[0] - 1) * strides[0] + windowExtent(window, 0) - top - bottom,
    (output[1] - 1) * strides[1] + windowExtent(window, 1) - left - right,
  ]
  const attributes = {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(onnxPads(padding)),
    // Rows and columns at the end that no window reached.
    output_padding: ints([imageSize[0] - (covered[0] ?? 0), imageSize[1] - (covered[1] ?? 0)]),
    group: groups,
  }
  return onnxTransposedConvolution(l, { dy, filter, filterShape, outputSize: imageSize, groups }, attributes)
}

export function conv2dInputGradient(
  b: OpEmitter,
  dy: Value,
  filter: Value,
  attributes: InputGradientAttributes,
): Value {
  return emitOne(b, conv2dInputGradientOp, [dy, filter], attributes)
}
