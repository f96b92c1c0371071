/**
 * A tensor whose numbers are known without running the graph: a weight, or a list that describes a shape. A tensor of one number only is
 * kept as that number: graphs without weights, such as ONNX's light models, would otherwise take hundreds of megabytes.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape, maxTensorBytes } from '../../../experiments/ops/tensor-type.ts'

/** The size of the batch where a graph computes with shapes: not known, and not needed. */
export const batchSize = 'batch'
export type ShapeNumber = number | typeof batchSize

export interface FloatTensor {
  readonly kind: 'floats'
  /** Name of the initializer it stems from, for readable names. */
  readonly name: string
  readonly shape: readonly number[]
  /** All numbers, or the one that they all are. */
  readonly data: Float32Array | { readonly all: number }
}

/** A short list of integers; it may hold the size of the batch. */
export interface IntegerTensor {
  readonly kind: 'integers'
  readonly name: string
  readonly shape: readonly number[]
  readonly values: readonly ShapeNumber[]
}

export type ConstantTensor = FloatTensor | IntegerTensor

/** All weights of a model together: a weights file is read whole, and a file of 2 GiB is the most that Node reads at once. */
export const maxWeightBytes = 2 ** 31 - 2 ** 20

/** Integer tensors describe shapes and axes; whoever computes with longer ones does something else. */
export const maxIntegers = 65_536

/** @throws StudioError `out-of-range` or `too-large` before anything is allocated */
export function checkedShape(shape: readonly number[], what: string): readonly number[] {
  if (shape.length > 8) throw new StudioError('too-large', `${what} has ${shape.length} axes; at most 8 are read`)
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new StudioError('out-of-range', `${what} has the shape ${formatShape(shape)}: sizes must be 0 or more`)
    }
  }
  const bytes = 4 * elementCount(shape)
  if (bytes > maxTensorBytes) {
    throw new StudioError(
      'too-large',
      `${what} of shape ${formatShape(shape)} would take ${(bytes / 2 ** 30).toFixed(1)} GiB; the limit for one tensor is 2 GiB`,
      { bytes, limit: maxTensorBytes },
    )
  }
  return shape
}

/** The numbers, one by one. Those of a filled tensor are allocated here. */
export function floatData({ data, shape }: FloatTensor): Float32Array {
  return 'all' in data ? new Float32Array(elementCount(shape)).fill(data.all) : data
}

export function integersOf(name: string, values: readonly ShapeNumber[]): IntegerTensor {
  return { kind: 'integers', name, shape: [values.length], values }
}
