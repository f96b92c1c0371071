/**
 * Mean and standard deviation of each channel from a histogram of its 256 values: sums of integers, so the result does not depend
 * on the order in which pixels come. std^2 = (n * sum(v^2) - sum(v)^2) / n^2, the numerator exact up to 2^63 in BigInt.
 */

/** Per channel, of pixels scaled to 0 .. 1. A constant channel has std 1, so that dividing by it is harmless. */
export interface ChannelStatistics {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

export class ChannelHistogram {
  readonly #channels: number
  readonly #counts: Float64Array
  #next = 0

  constructor(channels: number) {
    this.#channels = channels
    this.#counts = new Float64Array(channels * 256)
  }

  /** Counts a piece of channels-last pixels; pieces may end within a pixel. */
  add(pixels: Uint8Array): void {
    const counts = this.#counts
    const channels = this.#channels
    let channel = this.#next
    for (let i = 0; i < pixels.length; i++) {
      counts[channel * 256 + (pixels[i] as number)]! += 1
      channel += 1
      if (channel === channels) channel = 0
    }
    this.#next = channel
  }

  statistics(): { mean: number[]; std: number[] } {
    const mean: number[] = []
    const std: number[] = []
    for (let channel = 0; channel < this.#channels; channel++) {
      let n = 0n
      let sum = 0n
      let squares = 0n
      for (let value = 0; value < 256; value++) {
        const count = BigInt(this.#counts[channel * 256 + value] as number)
        n += count
        sum += count * BigInt(value)
        squares += count * BigInt(value * value)
      }
      if (n === 0n) throw new Error('statistics of no pixels')
      mean.push(Number(sum) / Number(n) / 255)
      const numerator = n * squares - sum * sum
      std.push(numerator === 0n ? 1 : Math.sqrt(Number(numerator)) / Number(n) / 255)
    }
    return { mean, std }
  }
}
