/** Kernels that only move elements, and constants. */
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { Kernel } from '../kernel.ts'
import { broadcastPosition, forEachIndex, stridesOf, zeros } from '../reference-tensor.ts'

const reshape: Kernel = ({ inputs, outputTypes }) => [
  { shape: inputAt(outputTypes, 0).shape, data: inputAt(inputs, 0).data },
]

const transpose: Kernel = ({ inputs, outputTypes, attributes }) => {
  const x = inputAt(inputs, 0)
  const permutation = attributes['permutation'] as readonly number[]
  const output = zeros(inputAt(outputTypes, 0).shape)
  const strides = stridesOf(x.shape)
  forEachIndex(output.shape, (index, position) => {
    let source = 0
    permutation.forEach((axis, i) => (source += (index[i] ?? 0) * (strides[axis] ?? 0)))
    output.data[position] = x.data[source] ?? 0
  })
  return [output]
}

const broadcastTo: Kernel = ({ inputs, outputTypes }) => {
  const x = inputAt(inputs, 0)
  const output = zeros(inputAt(outputTypes, 0).shape)
  const strides = stridesOf(x.shape)
  forEachIndex(output.shape, (index, position) => {
    output.data[position] = x.data[broadcastPosition(index, x.shape, strides)] ?? 0
  })
  return [output]
}

const constant: Kernel = ({ outputTypes, attributes }) => {
  const values = attributes['values'] as readonly number[]
  const output = zeros(inputAt(outputTypes, 0).shape)
  output.data.forEach((_, i) => (output.data[i] = values.length === 1 ? (values[0] ?? 0) : (values[i] ?? 0)))
  return [output]
}

const concatenate: Kernel = ({ inputs, outputTypes, attributes }) => {
  const axis = Number(attributes['axis'])
  const output = zeros(inputAt(outputTypes, 0).shape)
  let part = 0
  let start = 0
  forEachIndex([output.shape[axis] ?? 0], ([at = 0]) => {
    while (at - start >= (inputAt(inputs, part).shape[axis] ?? 0)) start += inputAt(inputs, part++).shape[axis] ?? 0
    const { shape, data } = inputAt(inputs, part)
    const strides = stridesOf(shape)
    const outputStrides = stridesOf(output.shape)
    const others = shape.map((size, i) => (i === axis ? 1 : size))
    forEachIndex(others, (index) => {
      const position = (along: number, of: readonly number[]) =>
        index.reduce((sum, i, a) => sum + (a === axis ? along : i) * (of[a] ?? 0), 0)
      output.data[position(at, outputStrides)] = data[position(at - start, strides)] ?? 0
    })
  })
  return [output]
}

/** Position in a tensor of `shape`, of the element `index` shifted by `offset`. */
function shifted(index: readonly number[], offset: readonly number[], shape: readonly number[]): number {
  const strides = stridesOf(shape)
  return index.reduce((sum, i, axis) => sum + (i + (offset[axis] ?? 0)) * (strides[axis] ?? 0), 0)
}

const slice: Kernel = ({ inputs, outputTypes, attributes }) => {
  const x = inputAt(inputs, 0)
  const output = zeros(inputAt(outputTypes, 0).shape)
  const before = attributes['before'] as readonly number[]
  forEachIndex(output.shape, (index, position) => {
    output.data[position] = x.data[shifted(index, before, x.shape)] ?? 0
  })
  return [output]
}

const pad: Kernel = ({ inputs, outputTypes, attributes }) => {
  const x = inputAt(inputs, 0)
  const output = zeros(inputAt(outputTypes, 0).shape)
  const before = attributes['before'] as readonly number[]
  forEachIndex(x.shape, (index, position) => {
    output.data[shifted(index, before, output.shape)] = x.data[position] ?? 0
  })
  return [output]
}

export const shapeKernels: Readonly<Record<string, Kernel>> = {
  reshape,
  transpose,
  broadcastTo,
  constant,
  concatenate,
  slice,
  pad,
}
