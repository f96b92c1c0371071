/**
 * Numpy's broadcasting: shapes are aligned at their last axis, and an axis of size 1 or a missing one is repeated to fit the other.
 * The gradient of a repeated input is the sum over its repetitions.
 */
import { StudioError } from '../errors/studio-error.ts'
import type { OpEmitter, Value } from './program.ts'
import { reduceSum } from './reduce-sum.ts'
import { reshape } from './reshape.ts'
import { formatShape, sameShape } from './tensor-type.ts'

/** @throws StudioError `shape-mismatch` when two sizes differ and neither is 1 */
export function broadcastShape(op: string, a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1
    const sizeB = b[axis - rank + b.length] ?? 1
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new StudioError(
        'shape-mismatch',
        `${op} takes two tensors of equal sizes, or size 1 where one is repeated, but ${formatShape(a)} and ${formatShape(b)} came`,
      )
    }
    return Math.max(sizeA, sizeB)
  })
}

/** Sums a gradient over the axes along which an input of `shape` was repeated. */
export function sumToShape(b: OpEmitter, gradient: Value, shape: readonly number[]): Value {
  const from = gradient.type.shape
  if (sameShape(from, shape)) return gradient
  const missing = from.length - shape.length
  const axes = from.flatMap((size, axis) =>
    axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : [],
  )
  const summed = axes.length === 0 ? gradient : reduceSum(b, gradient, axes)
  return sameShape(summed.type.shape, shape) ? summed : reshape(b, summed, shape)
}
