/**
 * Normal numbers for every value of an image. A block of Philox gives eight; each takes 12 bits to one of 4096 quantiles, so that native code
 * draws exactly the same from the same table, at the cost of a look-up. The largest is 3.67 deviations.
 */
import { inverseNormal } from '../random/inverse-normal.ts'
import { philox4x32 } from '../random/philox.ts'
import { noisePurposeHash } from './noise-purpose.ts'
import type { NoiseKey } from './render-image.ts'

const levels = 4096

/** Of standard deviation 1 to within rounding. */
export const normalTable: Float32Array = makeTable()

function makeTable(): Float32Array {
  const quantiles = Float64Array.from({ length: levels }, (_, i) => inverseNormal((i + 0.5) / levels))
  const variance = quantiles.reduce((sum, z) => sum + z * z, 0) / levels
  return Float32Array.from(quantiles, (z) => z / Math.sqrt(variance))
}

export class NoiseSource {
  readonly #block = new Uint32Array(4)

  /** Adds noise to planes of `size` values; grey noise is that of the first plane for all. */
  add(values: Float32Array, size: number, sigma: number, isGrey: boolean, { seed, epoch, index }: NoiseKey): void {
    const low = index % 2 ** 32
    const high = Math.floor(index / 2 ** 32)
    const drawn = isGrey ? size : values.length
    const block = this.#block
    for (let i = 0; i < drawn; i++) {
      if ((i & 7) === 0) philox4x32(i >>> 3, low, epoch, high, seed, noisePurposeHash, block)
      const word = block[(i & 7) >>> 1] as number
      const bits = (i & 1) === 0 ? (word & 0xffff) >>> 4 : word >>> 20
      const step = sigma * (normalTable[bits] as number)
      if (!isGrey) values[i]! += step
      else for (let at = i; at < values.length; at += size) values[at]! += step
    }
  }
}
