/** One hash for all weights of a network: equal exactly when names, shapes and every bit are equal. */
import { createHash } from 'node:crypto'
import type { NamedTensor } from '../checkpoints/safetensors.ts'

/** SHA-256, in hexadecimal, over name, shape and little-endian float32 data of each tensor in order of name. */
export function weightsSha256(weights: readonly NamedTensor[]): string {
  const hash = createHash('sha256')
  for (const { name, shape, data } of weights.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\n${shape.join('x')}\n`)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}
