/** What Reshape, Flatten, Squeeze, Unsqueeze and Transpose do to a shape: the same for known numbers and for layers' outputs. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../../../experiments/ops/tensor-type.ts'
import { batchSize, type ShapeNumber } from '../../read/constant-tensor.ts'
import { unsupported, type NodeCall } from '../node-call.ts'

/**
 * @param shape of what arrives; with a batch, its first size is `batch`
 * @param fixedBatch that the graph was written for, which its shapes may name by number
 */
export function reshapeTarget(
  call: NodeCall,
  shape: readonly ShapeNumber[],
  fixedBatch: number | undefined,
): readonly ShapeNumber[] {
  const wanted = call.list('shape', 1)
  if (!wanted) throw new StudioError('missing-value', 'its target shape is missing')
  if (call.integer('allowzero', 0) !== 0) throw unsupported('allowzero is set')
  const copied = wanted.map((size, axis) => (size === 0 ? (shape[axis] ?? 1) : size))
  const hasBatch = shape[0] === batchSize
  if (!hasBatch) return withRest(copied, shape)
  const [first, ...rest] = copied
  const perExample = shape.slice(1)
  const isBatch = first === batchSize || first === fixedBatch || first === 1
  if (isBatch) return [batchSize, ...withRest(rest, perExample)]
  if (first === -1 && !rest.includes(-1) && sizeOf(rest) === sizeOf(perExample)) return [batchSize, ...rest]
  throw unsupported(`it reshapes ${text(shape)} to ${text(wanted)}: the batch has to stay the first axis`)
}

/** Fills in the one size that is -1. */
function withRest(wanted: readonly ShapeNumber[], shape: readonly ShapeNumber[]): readonly ShapeNumber[] {
  const total = sizeOf(shape)
  const others = sizeOf(wanted.filter((size) => size !== -1))
  const filled = wanted.map((size) => (size === -1 ? total / others : size))
  const isSound = filled.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
  if (isSound && sizeOf(filled) === total) return filled
  throw new StudioError(
    'shape-mismatch',
    `it reshapes ${text(shape)} to ${text(wanted)}, which has another number of elements`,
  )
}

function sizeOf(shape: readonly ShapeNumber[]): number {
  return elementCount(shape.map((size) => (size === batchSize ? Number.NaN : size)))
}

function text(shape: readonly ShapeNumber[]): string {
  return `[${shape.join(', ')}]`
}

export function flattenedShape(call: NodeCall, shape: readonly number[]): readonly number[] {
  const axis = axisIn(call.integer('axis', 1), shape.length + 1)
  return [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))]
}

/** Axes are an attribute before opset 13; without any, all axes of size 1 go. */
export function squeezedShape(call: NodeCall, shape: readonly number[], keepFirst = false): readonly number[] {
  const given = call.numbers('axes', 1)?.map((axis) => axisIn(axis, shape.length))
  const axes = given ?? shape.flatMap((size, axis) => (size === 1 && !(keepFirst && axis === 0) ? [axis] : []))
  if (keepFirst && axes.includes(0)) throw unsupported('it removes the axis of the batch')
  const odd = axes.find((axis) => shape[axis] !== 1)
  if (odd !== undefined)
    throw new StudioError('shape-mismatch', `it removes axis ${odd} of ${formatShape(shape)}, whose size is not 1`)
  return shape.filter((_, axis) => !axes.includes(axis))
}

export function unsqueezedShape(call: NodeCall, shape: readonly number[]): readonly number[] {
  const given = call.numbers('axes', 1) ?? []
  const rank = shape.length + given.length
  if (rank > 8) throw new StudioError('too-large', `it makes ${rank} axes; at most 8 are read`)
  const axes = given.map((axis) => axisIn(axis, rank))
  if (new Set(axes).size !== axes.length) throw new StudioError('out-of-range', 'it adds the same axis twice')
  const rest = [...shape]
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)))
}

/** The order of the axes; without one they are reversed. */
export function transposeOrder(call: NodeCall, rank: number): readonly number[] {
  const order = call.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  const isOrder = order.length === rank && order.toSorted((a, b) => a - b).every((axis, i) => axis === i)
  if (isOrder) return order
  throw new StudioError('shape-mismatch', `its perm ${formatShape(order)} does not fit ${rank} axes`)
}

export function axisIn(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis
  if (positive >= 0 && positive < rank) return positive
  throw new StudioError('out-of-range', `it names axis ${axis} of ${rank}`)
}
