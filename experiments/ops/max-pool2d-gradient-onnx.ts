/**
 * Two forms. On the CPU the forward MaxPool yields the index of each largest element as a second output, and the gradient puts dy
 * there. WebGPU fails on MaxPool with indices and CUDA has no MaxUnpool: there each filter position is compared with the maximum.
 */
import { spatialSize } from './convolution.ts'
import { inputAt } from './expect-type.ts'
import { ints, type OnnxLowering } from './onnx-lowering.ts'
import { onnxPoolingAttributes, poolingWindow, type PoolingAttributes } from './pooling.ts'
import { elementCount } from './tensor-type.ts'
import { shiftedWindows, spreadWindow } from './window-onnx.ts'

type Lowering = OnnxLowering<PoolingAttributes>

export function lowerMaxPoolGradient(l: Lowering): string {
  return l.target.provider === 'cpu' ? byIndex(l) : byComparison(l)
}

function byIndex(l: Lowering): string {
  const [x = '', , dy = ''] = l.inputs
  const shape = inputAt(l.outputTypes, 0).shape
  const { kernel, strides, padding } = l.attributes
  const indices = inputAt(l.nodes('MaxPool', [x], onnxPoolingAttributes(l.attributes), { outputs: 2 }), 1)
  const disjoint = kernel[0] <= strides[0] && kernel[1] <= strides[1] && padding.every((edge) => edge === 0)
  if (disjoint) {
    return l.node('MaxUnpool', [dy, indices, l.integers(shape)], { kernel_shape: ints(kernel), strides: ints(strides) })
  }
  const zeros = l.node('ConstantOfShape', [l.integers([elementCount(shape)])])
  const flat = l.integers([-1])
  const flatIndices = l.node('Reshape', [indices, flat])
  const flatGradient = l.node('Reshape', [dy, flat])
  const summed = l.node('ScatterElements', [zeros, flatIndices, flatGradient], { axis: 0, reduction: 'add' })
  return l.node('Reshape', [summed, l.integers(shape)])
}

function byComparison(l: Lowering): string {
  const [x = '', y = '', dy = ''] = l.inputs
  const window = poolingWindow(l.attributes)
  const image = spatialSize(inputAt(l.inputTypes, 0))
  const output = spatialSize(inputAt(l.inputTypes, 1))
  const zero = l.scalar(0)
  // What is left of dy after earlier positions of the window have taken it.
  let remaining = dy
  const parts = shiftedWindows(l, x, window, output, -3.4028234663852886e38).map((shifted) => {
    const isLargest = l.node('Equal', [shifted, y])
    const taken = l.node('Where', [isLargest, remaining, zero])
    remaining = l.node('Where', [isLargest, zero, remaining])
    return taken
  })
  return spreadWindow(l, parts, window, image, inputAt(l.outputTypes, 0).shape)
}
