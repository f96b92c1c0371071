/**
 * What a tensor is before it has data: element type and concrete shape. Images are [N, channels, height, width] in float32,
 * labels [N] in int32; the batch N comes first everywhere.
 */
import { StudioError } from '../errors/studio-error.ts'

export type DataType = 'float32' | 'int32' | 'bool'

export interface TensorType {
  readonly dtype: DataType
  readonly shape: readonly number[]
}

/** Largest tensor the studio handles, in bytes: what a 32-bit signed index reaches in every engine. */
export const maxTensorBytes = 2 ** 31 - 1

const bytesPerElement: Readonly<Record<DataType, number>> = { float32: 4, int32: 4, bool: 1 }

export function float32(...shape: readonly number[]): TensorType {
  return { dtype: 'float32', shape }
}

export function elementCount(shape: readonly number[]): number {
  let count = 1
  for (const size of shape) count *= size
  return count
}

export function tensorBytes(type: TensorType): number {
  return elementCount(type.shape) * bytesPerElement[type.dtype]
}

/** `float32[128, 6, 28, 28]`, as messages show it. */
export function formatType(type: TensorType): string {
  return `${type.dtype}${formatShape(type.shape)}`
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i])
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape)
}

/**
 * Refuses a type that no engine should be asked to allocate.
 * @throws StudioError `out-of-range` for a size that is not a positive integer, `too-large` above `maxTensorBytes`
 */
export function checkTensorType(type: TensorType, what: string): void {
  for (const size of type.shape) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new StudioError(
        'out-of-range',
        `${what} would have the shape ${formatShape(type.shape)}: every size must be 1 or more`,
      )
    }
  }
  const bytes = tensorBytes(type)
  if (bytes > maxTensorBytes) {
    throw new StudioError(
      'too-large',
      `${what} of shape ${formatShape(type.shape)} takes ${(bytes / 2 ** 30).toFixed(1)} GiB; the limit for one tensor is 2 GiB: ` +
        'make the batch, the image or the layer smaller',
      { bytes, limit: maxTensorBytes },
    )
  }
}
