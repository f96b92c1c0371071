/** Tensors of the reference engine: row-major float64 for every element type; true is 1, false is 0. */
import { elementCount } from '../../../experiments/ops/tensor-type.ts'

export interface ReferenceTensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export function zeros(shape: readonly number[]): ReferenceTensor {
  return { shape, data: new Float64Array(elementCount(shape)) }
}

/** Elements to skip for one step along each axis. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1)
  return strides
}

/** Calls `visit` for every index of `shape` in row-major order; the index array is reused. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], position: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0)
  const count = elementCount(shape)
  for (let position = 0; position < count; position++) {
    visit(index, position)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1
      if (next < (shape[axis] ?? 1)) {
        index[axis] = next
        break
      }
      index[axis] = 0
    }
  }
}

/** Position of `index` in a tensor of `shape` that is broadcast to it: aligned at the last axis, axes of size 1 repeated. */
export function broadcastPosition(
  index: readonly number[],
  shape: readonly number[],
  strides: readonly number[],
): number {
  const offset = index.length - shape.length
  let position = 0
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] !== 1) position += (index[axis + offset] ?? 0) * (strides[axis] ?? 0)
  }
  return position
}
