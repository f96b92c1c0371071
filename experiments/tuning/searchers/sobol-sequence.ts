/**
 * Sobol's low-discrepancy sequence, Owen-scrambled by hashing. Direction numbers: Joe, Kuo: Constructing Sobol Sequences with Better
 * Two-Dimensional Projections, 2008 (new-joe-kuo-6). Scrambling: Burley: Practical Hash-based Owen Scrambling, JCGT 2020. Beyond the table
 * its dimensions are used again in another shuffled order, as Burley pads them.
 */

/** Per dimension from the second: coefficients of the primitive polynomial and initial direction numbers. */
const joeKuo: readonly (readonly [number, readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
]
export const sobolDimensions = joeKuo.length + 1

const directions = Array.from({ length: sobolDimensions }, (_, dimension) => directionNumbers(dimension))

function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(32)
  const entry = joeKuo[dimension - 1]
  if (entry === undefined) {
    for (let i = 0; i < 32; i++) v[i] = 2 ** (31 - i)
    return v
  }
  const [coefficients, initial] = entry
  const degree = initial.length
  for (let i = 0; i < 32; i++) {
    if (i < degree) {
      v[i] = (initial[i] ?? 0) * 2 ** (31 - i)
      continue
    }
    const back = v[i - degree] ?? 0
    let number = back ^ (back >>> degree)
    for (let k = 1; k < degree; k++) {
      if ((coefficients >>> (degree - 1 - k)) & 1) number ^= v[i - k] ?? 0
    }
    v[i] = number
  }
  return v
}

/** The plain sequence: a 32-bit fraction. */
export function sobolBits(index: number, dimension: number): number {
  const v = directions[dimension]
  if (v === undefined) throw new RangeError(`dimension ${dimension} is not below ${sobolDimensions}`)
  let bits = 0
  for (let i = 0; i < 32 && index >>> i !== 0; i++) if ((index >>> i) & 1) bits ^= v[i] ?? 0
  return bits >>> 0
}

/** Point `index` in one dimension, from 0 to below 1, scrambled by `seed`. */
export function scrambledSobol(index: number, dimension: number, seed: number): number {
  const block = Math.floor(dimension / sobolDimensions)
  const shuffled = block === 0 ? index : reverseBits(owenScramble(reverseBits(index), hash(seed, 0x51ed + block)))
  const bits = sobolBits(shuffled >>> 0, dimension % sobolDimensions)
  return owenScramble(bits, hash(seed, dimension)) / 2 ** 32
}

/** Laine-Karras permutation on reversed bits: each bit is flipped depending on the ones above it. */
function owenScramble(bits: number, seed: number): number {
  let x = reverseBits(bits)
  x = (x + seed) | 0
  x ^= Math.imul(x, 0x6c50b47c)
  x ^= Math.imul(x, 0xb82f1e52)
  x ^= Math.imul(x, 0xc7afe638)
  x ^= Math.imul(x, 0x8d22f6e6)
  return reverseBits(x)
}

function reverseBits(bits: number): number {
  let x = bits
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1)
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2)
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4)
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8)
  return ((x >>> 16) | (x << 16)) >>> 0
}

/** Mixes two numbers to 32 bits (murmur3's finaliser). */
function hash(seed: number, salt: number): number {
  let x = (seed ^ Math.imul(salt + 1, 0x9e3779b9)) | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
