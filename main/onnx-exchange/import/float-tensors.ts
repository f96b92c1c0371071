/** Arithmetic on known float tensors. A tensor that is one number throughout stays one. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../../experiments/ops/tensor-type.ts'
import { checkedShape, floatData, type FloatTensor } from '../read/constant-tensor.ts'

export type Arithmetic = (a: number, b: number) => number

export function filledTensor(name: string, shape: readonly number[], all: number): FloatTensor {
  return { kind: 'floats', name, shape, data: { all } }
}

/** The same numbers under another shape of as many elements. */
export function reshaped(tensor: FloatTensor, shape: readonly number[]): FloatTensor {
  if (elementCount(shape) === elementCount(tensor.shape)) return { ...tensor, shape }
  throw new StudioError(
    'shape-mismatch',
    `${formatShape(tensor.shape)} has not as many elements as ${formatShape(shape)}`,
  )
}

export function mapTensor(tensor: FloatTensor, map: (value: number) => number): FloatTensor {
  if ('all' in tensor.data) return { ...tensor, data: { all: Math.fround(map(tensor.data.all)) } }
  return { ...tensor, data: tensor.data.map(map) }
}

/** Element by element, repeated along axes of size 1 as NumPy does. The name is that of the larger one. */
export function combine(a: FloatTensor, b: FloatTensor, operation: Arithmetic): FloatTensor {
  const shape = checkedShape(broadcastShape(a.shape, b.shape), 'the result')
  const { name } = elementCount(a.shape) >= elementCount(b.shape) ? a : b
  if ('all' in a.data && 'all' in b.data)
    return filledTensor(name, shape, Math.fround(operation(a.data.all, b.data.all)))
  const data = new Float32Array(elementCount(shape))
  const left = 'all' in a.data ? Float32Array.of(a.data.all) : a.data
  const right = 'all' in b.data ? Float32Array.of(b.data.all) : b.data
  walk(shape, [stepsFor(a, shape), stepsFor(b, shape)], (to, [i, j]) => (data[to] = operation(left[i]!, right[j]!)))
  return { kind: 'floats', name, shape, data }
}

/** Axes in another order. */
export function transposed(tensor: FloatTensor, order: readonly number[]): FloatTensor {
  const shape = order.map((axis) => tensor.shape[axis] ?? 1)
  if ('all' in tensor.data) return { ...tensor, shape }
  const strides = stridesOf(tensor.shape)
  const source = tensor.data
  const data = new Float32Array(source.length)
  const steps = order.map((axis) => strides[axis] ?? 0)
  walk(shape, [steps, steps], (to, [from]) => (data[to] = source[from]!))
  return { ...tensor, shape, data }
}

/** Moves column i of a matrix to column `columns[i]`. */
export function permuteColumns(tensor: FloatTensor, columns: Uint32Array): FloatTensor {
  if ('all' in tensor.data) return tensor
  const source = floatData(tensor)
  const data = new Float32Array(source.length)
  const width = columns.length
  for (let row = 0; row < source.length; row += width) {
    columns.forEach((to, from) => (data[row + to] = source[row + from]!))
  }
  return { ...tensor, data }
}

/** The number that a tensor of one element, or of one number throughout, holds. */
export function singleNumber(tensor: FloatTensor): number | undefined {
  if ('all' in tensor.data) return tensor.data.all
  return tensor.data.length === 1 ? tensor.data[0] : undefined
}

function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left === right || right === 1) return left
    if (left === 1) return right
    throw new StudioError('shape-mismatch', `${formatShape(a)} and ${formatShape(b)} do not fit each other`)
  })
}

/** How far apart neighbours along each axis of `shape` lie in the tensor: 0 where it repeats. */
function stepsFor({ data, shape: own }: FloatTensor, shape: readonly number[]): readonly number[] {
  if ('all' in data) return shape.map(() => 0)
  const padded = [...shape.slice(own.length).map(() => 1), ...own]
  return stridesOf(padded).map((stride, axis) => (padded[axis] === 1 ? 0 : stride))
}

/** Visits all places of `shape` in row-major order, with the places in two arrays that go along by their own steps. */
function walk(
  shape: readonly number[],
  [steps, others]: readonly [readonly number[], readonly number[]],
  visit: (place: number, places: readonly [number, number]) => void,
): void {
  const count = elementCount(shape)
  const index = new Array<number>(shape.length).fill(0)
  const places: [number, number] = [0, 0]
  for (let place = 0; place < count; place++) {
    visit(place, places)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      places[0] += steps[axis]!
      places[1] += others[axis]!
      if (++index[axis]! < shape[axis]!) break
      places[0] -= steps[axis]! * shape[axis]!
      places[1] -= others[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
}

function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}
