/**
 * Mean and standard deviation of each channel from a histogram of its 256 values: sums of integers, so the result does not depend
 * on the order in which pixels come. std^2 = (n * sum(v^2) - sum(v)^2) / n^2, the numerator exact in BigInt. Of colours also the
 * products of two channels are summed, for the principal components that lighting moves along.
 */
import { principalComponents, type PrincipalComponent } from './principal-components.ts'

/** Per channel, of pixels scaled to 0 .. 1. A constant channel has std 1, so that dividing by it is harmless. */
export interface ChannelStatistics {
  readonly mean: readonly number[]
  readonly std: readonly number[]
  /** Principal components of the colours, the largest first. */
  readonly components: readonly PrincipalComponent[]
}

export class ChannelHistogram {
  readonly #channels: number
  readonly #counts: Float64Array
  /** Sums of the products of channels (0, 1), (0, 2), (1, 2): integers far below 2^53. */
  readonly #products = new Float64Array(3)
  readonly #pixel = new Uint8Array(3)
  #next = 0

  constructor(channels: number) {
    this.#channels = channels
    this.#counts = new Float64Array(channels * 256)
  }

  /** Counts a piece of channels-last pixels; pieces may end within a pixel. */
  add(pixels: Uint8Array): void {
    const counts = this.#counts
    const channels = this.#channels
    if (channels === 3) return this.#addColours(pixels)
    let channel = this.#next
    for (let i = 0; i < pixels.length; i++) {
      counts[channel * 256 + (pixels[i] as number)]! += 1
      channel += 1
      if (channel === channels) channel = 0
    }
    this.#next = channel
  }

  #addColours(pixels: Uint8Array): void {
    const counts = this.#counts
    const pixel = this.#pixel
    let [first, second, third] = [0, 0, 0]
    let channel = this.#next
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i] as number
      pixel[channel] = value
      counts[channel * 256 + value]! += 1
      channel += 1
      if (channel < 3) continue
      channel = 0
      const [r, g] = [pixel[0] as number, pixel[1] as number]
      first += r * g
      second += r * value
      third += g * value
    }
    this.#next = channel
    this.#products[0]! += first
    this.#products[1]! += second
    this.#products[2]! += third
  }

  statistics(): { mean: number[]; std: number[]; components: PrincipalComponent[] } {
    const mean: number[] = []
    const std: number[] = []
    const variances: number[] = []
    let pixels = 0
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
      variances.push(Number(numerator) / Number(n) ** 2 / 255 ** 2)
      pixels = Number(n)
    }
    return { mean, std, components: principalComponents(this.#covariance(mean, variances, pixels)) }
  }

  #covariance(mean: readonly number[], variances: readonly number[], pixels: number): number[][] {
    const covariance = variances.map((variance, i) => variances.map((_, k) => (i === k ? variance : 0)))
    if (this.#channels !== 3) return covariance
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const
    pairs.forEach(([i, k], at) => {
      const product = (this.#products[at] as number) / pixels / 255 ** 2
      const value = product - (mean[i] as number) * (mean[k] as number)
      covariance[i]![k] = value
      covariance[k]![i] = value
    })
    return covariance
  }
}
