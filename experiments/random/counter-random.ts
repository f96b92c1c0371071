/**
 * All randomness of the studio: streams of numbers named by (seed, purpose, epoch, index), never a stateful global. A run that
 * was killed and resumed, or an example that another thread prepared, draws the same numbers as the uninterrupted run.
 * Every result has the same bits on every machine: see philox.ts, inverse-normal.ts, portable-log.ts.
 */
import { inverseNormal } from './inverse-normal.ts'
import { philox4x32 } from './philox.ts'

/** Names one stream. */
export interface RandomKey {
  /** Seed of the experiment, an integer from 0 to 2^32 - 1. */
  readonly seed: number
  /** What the numbers are for: `shuffle`, `weights/conv1.kernel`. Streams of different purposes are independent. */
  readonly purpose: string
  /** Default 0; up to 2^32 - 1. */
  readonly epoch?: number
  /** Example, step or element within the epoch. Default 0; up to 2^53 - 1. */
  readonly index?: number
  /** Draws of 32 bits to begin after; up to 2^34 - 1. Default 0. */
  readonly from?: number
}

/** A stream of random numbers; draws advance it. */
export interface CounterRandom {
  /** An integer from 0 to 2^32 - 1. */
  nextUint32(): number
  /** A number from 0 (included) to 1 (excluded) with 53 random bits; two draws of 32 bits. */
  uniform(): number
  /** A standard normal number (mean 0, standard deviation 1); two draws of 32 bits. */
  normal(): number
  /** An integer from 0 to n - 1 without bias; n from 1 to 2^32. */
  below(n: number): number
}

/** A stream that can be moved to another epoch and index: for very many short streams of one purpose. */
export interface MovableRandom extends CounterRandom {
  /** Goes to the beginning of the stream (seed, purpose, epoch, index). */
  moveTo(epoch: number, index: number): void
}

export function movableRandom(seed: number, purpose: string): MovableRandom {
  return new PhiloxStream(seed, purposeHash(purpose), 0, 0, 0)
}

/** Opens the stream of `key` at its beginning. */
export function counterRandom(key: RandomKey): CounterRandom {
  const index = key.index ?? 0
  const epoch = key.epoch ?? 0
  if (!isInteger(key.seed, 2 ** 32)) throw new RangeError(`seed ${key.seed} is not an integer from 0 to 2^32 - 1`)
  if (!isInteger(epoch, 2 ** 32)) throw new RangeError(`epoch ${epoch} is not an integer from 0 to 2^32 - 1`)
  if (!isInteger(index, 2 ** 53)) throw new RangeError(`index ${index} is not an integer from 0 to 2^53 - 1`)
  const from = key.from ?? 0
  if (!isInteger(from, 2 ** 34)) throw new RangeError(`from ${from} is not an integer from 0 to 2^34 - 1`)
  const stream = new PhiloxStream(key.seed, purposeHash(key.purpose), epoch, index, Math.floor(from / 4))
  for (let drawn = 0; drawn < from % 4; drawn++) stream.nextUint32()
  return stream
}

/** A uniformly random order of 0 .. n - 1 (Fisher-Yates), the same for the same arguments. */
export function permutation(seed: number, purpose: string, epoch: number, n: number): Uint32Array {
  const random = counterRandom({ seed, purpose, epoch })
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}

/** The counter is (block, index low, epoch, index high), the key (seed, purpose). */
class PhiloxStream implements MovableRandom {
  private readonly block = new Uint32Array(4)
  private readonly seed: number
  private readonly purpose: number
  private epoch: number
  private indexLow: number
  private indexHigh: number
  private nextBlock: number
  private used = 4

  constructor(seed: number, purpose: number, epoch: number, index: number, nextBlock: number) {
    this.nextBlock = nextBlock
    this.seed = seed
    this.purpose = purpose
    this.epoch = epoch
    this.indexLow = index % 2 ** 32
    this.indexHigh = Math.floor(index / 2 ** 32)
  }

  moveTo(epoch: number, index: number): void {
    this.epoch = epoch
    this.indexLow = index % 2 ** 32
    this.indexHigh = Math.floor(index / 2 ** 32)
    this.nextBlock = 0
    this.used = 4
  }

  nextUint32(): number {
    if (this.used === 4) {
      if (this.nextBlock === 2 ** 32) throw new RangeError('a random stream ends after 2^34 numbers')
      philox4x32(this.nextBlock, this.indexLow, this.epoch, this.indexHigh, this.seed, this.purpose, this.block)
      this.nextBlock += 1
      this.used = 0
    }
    return this.block[this.used++] as number
  }

  uniform(): number {
    return this.nextUint53() / 2 ** 53
  }

  normal(): number {
    // 52 bits and half a step: exact in a double, and never 0 or 1, where the quantile is infinite.
    return inverseNormal((this.nextUint32() * 2 ** 20 + (this.nextUint32() >>> 12) + 0.5) / 2 ** 52)
  }

  below(n: number): number {
    if (!isInteger(n - 1, 2 ** 32)) throw new RangeError(`below(${n}): expected an integer from 1 to 2^32`)
    const limit = 2 ** 32 - (2 ** 32 % n)
    let drawn = this.nextUint32()
    while (drawn >= limit) drawn = this.nextUint32()
    return drawn % n
  }

  private nextUint53(): number {
    return (this.nextUint32() >>> 5) * 2 ** 26 + (this.nextUint32() >>> 6)
  }
}

/** FNV-1a over the UTF-16 code units: only has to keep different purposes apart. */
export function purposeHash(purpose: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < purpose.length; i++) {
    const unit = purpose.charCodeAt(i)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  return hash >>> 0
}

function isInteger(value: number, end: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < end
}
