/** Conv: ordinary, grouped, depthwise, dilated. On an image of one pixel that was a list of features it is a dense layer. */
import { spatialSize } from '../../../../experiments/ops/convolution.ts'
import { float32, formatShape } from '../../../../experiments/ops/tensor-type.ts'
import { reshaped } from '../float-tensors.ts'
import type { Activation, ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import { isInOrder, reshapeView, wholeView } from '../view.ts'
import type { OperatorTable } from './operator-rule.ts'
import { paddingParam, readWindow } from './windows.ts'

export const convolutionRules: OperatorTable = { Conv: convolution }

function convolution(call: NodeCall): ImportValue {
  const weight = call.requiredFloats(1)
  const bias = call.floats(2)
  const [filters, channels, ...kernel] = weight.shape
  const [height, width] = kernel
  if (
    filters === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    kernel.length !== 2
  ) {
    throw unsupported(
      `its weights have the shape ${formatShape(weight.shape)}; only two-dimensional convolutions are read`,
    )
  }
  const groups = call.integer('group', 1)
  const hints = [weight.name]
  const arriving = call.activation(0)
  const isPixel = isPixelOfFeatures(arriving)
  const size = isPixel ? ([1, 1] as const) : spatialSize(float32(...call.images(0).shape))
  const window = readWindow(call, size, [height, width])
  if (isPixel && groups === 1 && height * width === 1) {
    const weights = { kernel: reshaped(weight, [filters, channels]), ...(bias && { bias }) }
    const node = call.add('dense', {
      params: { units: filters, bias: bias !== undefined },
      inputs: [arriving.node],
      weights,
      hints,
    })
    const view = reshapeView(wholeView(node.shape), [filters, 1, 1])
    return call.result(node, view)
  }
  const params = {
    filters,
    kernel: [height, width],
    stride: window.stride,
    padding: paddingParam(window.padding),
    dilation: window.dilation,
    groups,
    bias: bias !== undefined,
  }
  const weights = { kernel: weight, ...(bias && { bias }) }
  return call.result(call.add('conv2d', { params, inputs: [call.images(0)], weights, hints }))
}

/** Features [channels] shown as an image [channels, 1, 1]. */
function isPixelOfFeatures({ node, view }: Activation): boolean {
  return (
    node.shape.length === 1 && view.shape.length === 3 && view.shape[1] === 1 && view.shape[2] === 1 && isInOrder(view)
  )
}
