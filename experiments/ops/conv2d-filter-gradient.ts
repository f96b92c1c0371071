/**
 * Transpose of convolution in the filter: dfilter[o, c, u, v] sums dy[n, o, i, j] x[n, c, i s + u d - top, j s + v d - left] over
 * images and positions. It is linear in x and in dy. Its ONNX forms stand in conv2d-filter-gradient-onnx.ts.
 */
import { pairAttribute, type AttributesOf } from './attributes.ts'
import { convolutionAttributes, convolutionMultiplyAdds, convolutionWindow } from './convolution.ts'
import { checkGroups, spatialSize } from './convolution.ts'
import { conv2d } from './conv2d.ts'
import { lowerFilterGradient } from './conv2d-filter-gradient-onnx.ts'
import { conv2dInputGradient } from './conv2d-input-gradient.ts'
import { defineOp } from './define-op.ts'
import { expectAxes, expectDataType, expectShape, imageAxes, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { windowOutputSize } from './window.ts'

const attributeTable = { ...convolutionAttributes, kernel: pairAttribute }
export type FilterGradientAttributes = AttributesOf<typeof attributeTable>

export const conv2dFilterGradientOp = defineOp({
  name: 'conv2dFilterGradient',
  summary: 'Gradient of a convolution by its filter',
  inputs: ['x', 'dy'],
  attributes: attributeTable,
  shape: (inputs, attributes) => {
    const x = inputAt(inputs, 0)
    const dy = inputAt(inputs, 1)
    expectDataType('x of conv2dFilterGradient', x, 'float32')
    expectAxes('x of conv2dFilterGradient', x, imageAxes)
    expectAxes('dy of conv2dFilterGradient', dy, imageAxes)
    const [batch = 1, channels = 1] = x.shape
    const outputs = dy.shape[1] ?? 1
    checkGroups(channels, outputs, channels / attributes.groups, attributes.groups)
    const window = convolutionWindow(attributes.kernel, attributes)
    const size = windowOutputSize(spatialSize(x), window, 'conv2dFilterGradient')
    expectShape('dy of conv2dFilterGradient', dy, [batch, outputs, ...size])
    return [{ dtype: 'float32', shape: [outputs, channels / attributes.groups, ...attributes.kernel] }]
  },
  cost: (inputs, _outputs, { groups, kernel }) => {
    const channels = inputAt(inputs, 0).shape[1] ?? 1
    return { multiplyAdds: convolutionMultiplyAdds(inputAt(inputs, 1), channels / groups, kernel) }
  },
  gradient: ({ b, inputs, attributes: { kernel: _, ...attributes }, upstream, wants }) => {
    const x = inputAt(inputs, 0)
    const dy = inputAt(inputs, 1)
    const dOutput = inputAt(upstream, 0)
    return [
      wants[0] ? conv2dInputGradient(b, dy, dOutput, { ...attributes, imageSize: spatialSize(x.type) }) : undefined,
      wants[1] ? conv2d(b, x, dOutput, attributes) : undefined,
    ]
  },
  onnx: (l) => [lowerFilterGradient(l)],
})

export function conv2dFilterGradient(b: OpEmitter, x: Value, dy: Value, attributes: FilterGradientAttributes): Value {
  return emitOne(b, conv2dFilterGradientOp, [x, dy], attributes)
}
