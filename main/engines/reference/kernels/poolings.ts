/** Poolings and their gradients: a walk over windows, each with the image elements that lie inside. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { AveragePoolingAttributes, PoolingAttributes } from '../../../../experiments/ops/pooling.ts'
import type { Kernel, KernelCall } from '../kernel.ts'
import { zeros } from '../reference-tensor.ts'

/** Visits every window with its position in y and the positions in x of its elements inside of the image, row-major. */
function forEachWindow(
  x: readonly number[],
  y: readonly number[],
  { kernel, strides, padding }: PoolingAttributes,
  visit: (output: number, elements: readonly number[]) => void,
): void {
  const [batch = 0, channels = 0, height = 0, width = 0] = x
  const [, , outputHeight = 0, outputWidth = 0] = y
  const [top, , , left] = padding
  for (let image = 0; image < batch * channels; image++)
    for (let i = 0; i < outputHeight; i++)
      for (let j = 0; j < outputWidth; j++) {
        const elements: number[] = []
        for (let u = 0; u < kernel[0]; u++)
          for (let v = 0; v < kernel[1]; v++) {
            const row = i * strides[0] + u - top
            const column = j * strides[1] + v - left
            if (row >= 0 && row < height && column >= 0 && column < width)
              elements.push((image * height + row) * width + column)
          }
        visit((image * outputHeight + i) * outputWidth + j, elements)
      }
}

function largestOf(data: Float64Array, elements: readonly number[]): number {
  return elements.reduce((best, element) => ((data[element] ?? 0) > (data[best] ?? 0) ? element : best))
}

const maxPool2d: Kernel = ({ inputs, outputTypes, attributes }) => {
  const x = inputAt(inputs, 0)
  const y = zeros(inputAt(outputTypes, 0).shape)
  forEachWindow(x.shape, y.shape, attributes as unknown as PoolingAttributes, (output, elements) => {
    y.data[output] = x.data[largestOf(x.data, elements)] ?? 0
  })
  return [y]
}

const maxPool2dGradient: Kernel = ({ inputs, attributes }) => {
  const x = inputAt(inputs, 0)
  const dy = inputAt(inputs, 2)
  const dx = zeros(x.shape)
  forEachWindow(x.shape, dy.shape, attributes as unknown as PoolingAttributes, (output, elements) => {
    const largest = largestOf(x.data, elements)
    dx.data[largest] = (dx.data[largest] ?? 0) + (dy.data[output] ?? 0)
  })
  return [dx]
}

function divisor({ attributes }: KernelCall, inside: number): number {
  const { kernel, countPadding } = attributes as unknown as AveragePoolingAttributes
  return countPadding ? kernel[0] * kernel[1] : inside
}

const averagePool2d: Kernel = (call) => {
  const x = inputAt(call.inputs, 0)
  const y = zeros(inputAt(call.outputTypes, 0).shape)
  forEachWindow(x.shape, y.shape, call.attributes as unknown as PoolingAttributes, (output, elements) => {
    const sum = elements.reduce((total, element) => total + (x.data[element] ?? 0), 0)
    y.data[output] = sum / divisor(call, elements.length)
  })
  return [y]
}

const averagePool2dGradient: Kernel = (call) => {
  const dy = inputAt(call.inputs, 0)
  const dx = zeros(inputAt(call.outputTypes, 0).shape)
  forEachWindow(dx.shape, dy.shape, call.attributes as unknown as PoolingAttributes, (output, elements) => {
    const share = (dy.data[output] ?? 0) / divisor(call, elements.length)
    for (const element of elements) dx.data[element] = (dx.data[element] ?? 0) + share
  })
  return [dx]
}

export const poolingKernels: Readonly<Record<string, Kernel>> = {
  maxPool2d,
  maxPool2dGradient,
  averagePool2d,
  averagePool2dGradient,
}
