/** Checks of input types that shape rules share; each message says where, what was expected and what came. */
import { StudioError } from '../errors/studio-error.ts'
import { type DataType, formatType, sameShape, formatShape, type TensorType } from './tensor-type.ts'

/** The input at `index`; its absence is a fault of the code that emitted the op. */
export function inputAt<T>(inputs: readonly (T | undefined)[], index: number): T {
  const input = inputs[index]
  if (input === undefined) throw new Error(`input ${index} of an op is missing`)
  return input
}

export function expectDataType(what: string, type: TensorType, dtype: DataType): void {
  if (type.dtype !== dtype) throw shapeMismatch(`${what} must be ${dtype}`, type)
}

/** `layout` names the axes, as in `[N, channels, height, width]`; its length is the rank expected. */
export function expectAxes(what: string, type: TensorType, axes: readonly string[]): void {
  if (type.shape.length !== axes.length) throw shapeMismatch(`${what} must be [${axes.join(', ')}]`, type)
}

export function expectShape(what: string, type: TensorType, shape: readonly number[]): void {
  if (!sameShape(type.shape, shape)) throw shapeMismatch(`${what} must have the shape ${formatShape(shape)}`, type)
}

export const imageAxes = ['N', 'channels', 'height', 'width'] as const

export function shapeMismatch(expected: string, received: TensorType): StudioError {
  return new StudioError('shape-mismatch', `${expected}, but ${formatType(received)} came`, {
    received: formatType(received),
  })
}
