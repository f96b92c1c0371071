/** Kernels that sum, or choose, over axes. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { keptShape } from '../../../../experiments/ops/reduced-shape.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import type { Kernel } from '../kernel.ts'
import { broadcastPosition, forEachIndex, stridesOf, zeros } from '../reference-tensor.ts'

function reduction(term: (x: number) => number, scale: (count: number) => number): Kernel {
  return ({ inputs, outputTypes, attributes }) => {
    const x = inputAt(inputs, 0)
    const output = zeros(inputAt(outputTypes, 0).shape)
    const kept = keptShape(x.shape, attributes['axes'] as readonly number[])
    const strides = stridesOf(kept)
    forEachIndex(x.shape, (index, position) => {
      const target = broadcastPosition(index, kept, strides)
      output.data[target] = (output.data[target] ?? 0) + term(x.data[position] ?? 0)
    })
    const factor = scale(x.data.length / output.data.length)
    output.data.forEach((sum, i) => (output.data[i] = sum * factor))
    return [output]
  }
}

const argmax: Kernel = ({ inputs, outputTypes }) => {
  const x = inputAt(inputs, 0)
  const output = zeros(inputAt(outputTypes, 0).shape)
  const size = x.shape.at(-1) ?? 1
  for (let row = 0; row < elementCount(output.shape); row++) {
    const values = x.data.subarray(row * size, (row + 1) * size)
    output.data[row] = values.indexOf(Math.max(...values))
  }
  return [output]
}

const softmax: Kernel = ({ inputs, attributes }) => {
  const x = inputAt(inputs, 0)
  const axis = Number(attributes['axis'])
  const kept = keptShape(x.shape, [axis])
  const strides = stridesOf(kept)
  const sums = zeros(kept)
  const output = zeros(x.shape)
  forEachIndex(x.shape, (index, position) => {
    const target = broadcastPosition(index, kept, strides)
    sums.data[target] = (sums.data[target] ?? 0) + Math.exp(x.data[position] ?? 0)
  })
  forEachIndex(x.shape, (index, position) => {
    const sum = sums.data[broadcastPosition(index, kept, strides)] ?? 0
    output.data[position] = Math.exp(x.data[position] ?? 0) / sum
  })
  return [output]
}

const one = () => 1

export const reductionKernels: Readonly<Record<string, Kernel>> = {
  reduceSum: reduction((x) => x, one),
  reduceSumSquare: reduction((x) => x * x, one),
  reduceMean: reduction(
    (x) => x,
    (count) => 1 / count,
  ),
  argmax,
  softmax,
}
