/** Convolution and its two transposes: one walk over all products, which differ only in what is summed where. */
import type { ConvolutionAttributes } from '../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { Kernel, KernelCall } from '../kernel.ts'
import { zeros } from '../reference-tensor.ts'

/** Positions, in x [N, C, H, W], the filter and y, of every product that a convolution sums. */
function forEachProduct(
  x: readonly number[],
  filter: readonly number[],
  y: readonly number[],
  { strides, dilations, padding, groups }: ConvolutionAttributes,
  visit: (x: number, filter: number, y: number) => void,
): void {
  const [, channels = 0, height = 0, width = 0] = x
  const [outputs = 0, groupChannels = 0, rows = 0, columns = 0] = filter
  const [batch = 0, , outputHeight = 0, outputWidth = 0] = y
  const [top, , , left] = padding
  const groupOutputs = outputs / groups
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < outputHeight; i++)
        for (let j = 0; j < outputWidth; j++)
          for (let c = 0; c < groupChannels; c++)
            for (let u = 0; u < rows; u++)
              for (let v = 0; v < columns; v++) {
                const row = i * strides[0] + u * dilations[0] - top
                const column = j * strides[1] + v * dilations[1] - left
                if (row < 0 || row >= height || column < 0 || column >= width) continue
                const channel = Math.floor(o / groupOutputs) * groupChannels + c
                visit(
                  ((n * channels + channel) * height + row) * width + column,
                  ((o * groupChannels + c) * rows + u) * columns + v,
                  ((n * outputs + o) * outputHeight + i) * outputWidth + j,
                )
              }
}

function attributesOf({ attributes }: KernelCall): ConvolutionAttributes {
  return attributes as unknown as ConvolutionAttributes
}

const conv2d: Kernel = (call) => {
  const x = inputAt(call.inputs, 0)
  const filter = inputAt(call.inputs, 1)
  const bias = call.inputs[2]
  const y = zeros(inputAt(call.outputTypes, 0).shape)
  const [, outputs = 1, height = 1, width = 1] = y.shape
  if (bias) y.data.forEach((_, i) => (y.data[i] = bias.data[Math.floor(i / (height * width)) % outputs] ?? 0))
  forEachProduct(x.shape, filter.shape, y.shape, attributesOf(call), (p, q, r) => {
    y.data[r] = (y.data[r] ?? 0) + (x.data[p] ?? 0) * (filter.data[q] ?? 0)
  })
  return [y]
}

const conv2dInputGradient: Kernel = (call) => {
  const dy = inputAt(call.inputs, 0)
  const filter = inputAt(call.inputs, 1)
  const dx = zeros(inputAt(call.outputTypes, 0).shape)
  forEachProduct(dx.shape, filter.shape, dy.shape, attributesOf(call), (p, q, r) => {
    dx.data[p] = (dx.data[p] ?? 0) + (dy.data[r] ?? 0) * (filter.data[q] ?? 0)
  })
  return [dx]
}

const conv2dFilterGradient: Kernel = (call) => {
  const x = inputAt(call.inputs, 0)
  const dy = inputAt(call.inputs, 1)
  const dFilter = zeros(inputAt(call.outputTypes, 0).shape)
  forEachProduct(x.shape, dFilter.shape, dy.shape, attributesOf(call), (p, q, r) => {
    dFilter.data[q] = (dFilter.data[q] ?? 0) + (x.data[p] ?? 0) * (dy.data[r] ?? 0)
  })
  return [dFilter]
}

export const convolutionKernels: Readonly<Record<string, Kernel>> = {
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
}
