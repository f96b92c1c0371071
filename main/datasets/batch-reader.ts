/**
 * Turns stored 8-bit images (NHWC) into normalised float32 tensors (NCHW): (x / 255 - mean) / std per channel. There are only 256
 * values a channel, so each is computed once and looked up; nothing is allocated per batch.
 */
import type { ChannelStatistics } from './channel-statistics.ts'

export interface BatchImages {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly statistics: Pick<ChannelStatistics, 'mean' | 'std'>
}

export interface BatchExamples {
  readonly count: number
  /** NHWC. */
  readonly pixels: Uint8Array
  readonly labels: Uint16Array
}

export class BatchReader {
  /** Floats of one image. */
  readonly imageLength: number
  readonly #width: number
  readonly #output: { readonly height: number; readonly width: number }
  readonly #imageBytes: number
  /** Of the first byte that is read of an image. */
  readonly #begin: number
  readonly #channels: number
  readonly #examples: BatchExamples
  /** One table of 256 normalised values a channel. */
  readonly #tables: readonly Float32Array[]

  /** Reads `examples` (a split of a dataset), normalised by `images.statistics` (always those of the training split); of each image the middle. */
  constructor(images: BatchImages, examples: BatchExamples, output: { height: number; width: number } = images) {
    const { height, width, channels, statistics } = images
    this.#channels = channels
    this.#width = width
    this.#output = { height: output.height, width: output.width }
    this.#imageBytes = height * width * channels
    const top = Math.floor((height - output.height) / 2)
    const left = Math.floor((width - output.width) / 2)
    this.#begin = (top * width + left) * channels
    this.imageLength = output.height * output.width * channels
    this.#examples = examples
    this.#tables = Array.from({ length: channels }, (_, channel) => {
      const mean = statistics.mean[channel] as number
      const std = statistics.std[channel] as number
      return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std)
    })
  }

  /**
   * Writes the examples `indices[start]` to `indices[start + count - 1]`: images as count x channels x height x width into the
   * beginning of `images`, labels into the beginning of `labels`. Throws RangeError when something does not fit.
   */
  fill(indices: Uint32Array, start: number, count: number, images: Float32Array, labels: Int32Array): void {
    if (start < 0 || start + count > indices.length) {
      throw new RangeError(`batch ${start} to ${start + count} of ${indices.length} examples`)
    }
    if (images.length < count * this.imageLength || labels.length < count) {
      throw new RangeError(`a batch of ${count} does not fit into ${images.length} floats and ${labels.length} labels`)
    }
    for (let i = 0; i < count; i++) {
      const example = indices[start + i] as number
      if (example >= this.#examples.count) {
        throw new RangeError(`example ${example} of ${this.#examples.count}`)
      }
      labels[i] = this.#examples.labels[example] as number
      this.#copyImage(example * this.#imageBytes + this.#begin, images, i * this.imageLength)
    }
  }

  #copyImage(from: number, images: Float32Array, to: number): void {
    const pixels = this.#examples.pixels
    const channels = this.#channels
    const { height, width } = this.#output
    for (let channel = 0; channel < channels; channel++) {
      const table = this.#tables[channel] as Float32Array
      let target = to + channel * height * width
      for (let row = 0; row < height; row++) {
        let source = from + row * this.#width * channels + channel
        for (const end = target + width; target < end; target++) {
          images[target] = table[pixels[source] as number] as number
          source += channels
        }
      }
    }
  }
}
