/** Shape rule that all reductions share. `axes` are removed from the shape, or kept with size 1. */
import { StudioError } from '../errors/studio-error.ts'
import { formatShape } from './tensor-type.ts'

export function reducedShape(
  op: string,
  shape: readonly number[],
  axes: readonly number[],
  keep: boolean,
): readonly number[] {
  for (const axis of axes) {
    if (axis < 0 || axis >= shape.length) {
      throw new StudioError(
        'shape-mismatch',
        `${op} over axis ${axis}: ${formatShape(shape)} has axes 0 to ${shape.length - 1}`,
      )
    }
  }
  if (new Set(axes).size !== axes.length)
    throw new StudioError('shape-mismatch', `${op} names an axis twice: ${axes.join(', ')}`)
  return keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis))
}

/** The reduced shape with the reduced axes put back as size 1: what broadcasts against the input again. */
export function keptShape(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
}
