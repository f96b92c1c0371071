/** What images of a dataset usually are, from a sample: the spread of their mean colours, and the mean image of each class. */
import { principalComponents, type PrincipalComponent } from './principal-components.ts'

/** Pixels from 0 to 255, channels last. */
export interface NormImage {
  readonly pixels: ArrayLike<number>
  readonly label: number
}

interface Shape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

const side = 8
/** Class means that name fewer of the sample rightly say nothing of a changed label. */
const leastAccuracy = 0.6
/** Of a mean colour, on 0 .. 255: what no sample is too uniform for. */
const leastDeviation = 4

export class ImageNorms {
  readonly #channels: number
  readonly #mean: readonly number[]
  readonly #components: readonly PrincipalComponent[]
  readonly #classMeans: readonly (Float64Array | undefined)[]
  /** Of the class means on the sample itself. */
  readonly accuracy: number
  /** Distance that no image of the sample exceeds, at least 3. */
  readonly colourLimit: number

  constructor(images: readonly NormImage[], shape: Shape, classCount: number) {
    const { channels } = shape
    this.#channels = channels
    const colours = images.map((image) => meanColour(image.pixels, channels))
    this.#mean = average(colours, channels)
    const covariance = this.#mean.map((_, i) => this.#mean.map((__, k) => covarianceOf(colours, this.#mean, i, k)))
    this.#components = principalComponents(covariance)
    this.colourLimit = colours.reduce((most, colour) => Math.max(most, this.#distance(colour)), 3)
    const thumbnails = images.map((image) => thumbnail(image.pixels, shape))
    this.#classMeans = Array.from({ length: classCount }, (_, label) => {
      const own = thumbnails.filter((__, i) => images[i]?.label === label)
      return own.length === 0 ? undefined : Float64Array.from(average(own, side * side * channels))
    })
    const right = thumbnails.filter((small, i) => this.#nearest(small) === images[i]?.label).length
    this.accuracy = images.length === 0 ? 0 : right / images.length
  }

  colourDistance(pixels: ArrayLike<number>): number {
    return this.#distance(meanColour(pixels, this.#channels))
  }

  /** The class it is nearest to; null where class means do not tell classes apart. */
  looksLike(pixels: ArrayLike<number>, shape: Shape): number | null {
    return this.accuracy < leastAccuracy ? null : this.#nearest(thumbnail(pixels, shape))
  }

  #distance(colour: readonly number[]): number {
    const squares = this.#components.map(({ direction, deviation }) => {
      const along = direction.reduce(
        (sum, part, i) => sum + part * ((colour[i] as number) - (this.#mean[i] as number)),
        0,
      )
      return (along / Math.max(leastDeviation, deviation)) ** 2
    })
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
  }

  #nearest(small: ArrayLike<number>): number {
    let label = -1
    let least = Number.POSITIVE_INFINITY
    this.#classMeans.forEach((mean, candidate) => {
      if (!mean) return
      // A thousand images against a thousand classes: what is farther already is not summed to its end.
      let distance = 0
      for (let i = 0; i < mean.length && distance < least; i++)
        distance += ((mean[i] as number) - (small[i] as number)) ** 2
      if (distance >= least) return
      least = distance
      label = candidate
    })
    return label
  }
}

function meanColour(pixels: ArrayLike<number>, channels: number): number[] {
  const sums = new Array<number>(channels).fill(0)
  for (let i = 0; i < pixels.length; i++) sums[i % channels]! += pixels[i] as number
  return sums.map((sum) => (sum * channels) / pixels.length)
}

function average(rows: readonly ArrayLike<number>[], length: number): number[] {
  const sums = new Array<number>(length).fill(0)
  for (const row of rows) for (let i = 0; i < length; i++) sums[i]! += row[i] as number
  return sums.map((sum) => sum / Math.max(1, rows.length))
}

function covarianceOf(colours: readonly (readonly number[])[], mean: readonly number[], i: number, k: number): number {
  const sum = colours.reduce(
    (total, colour) =>
      total + ((colour[i] as number) - (mean[i] as number)) * ((colour[k] as number) - (mean[k] as number)),
    0,
  )
  return sum / Math.max(1, colours.length)
}

/** 8 x 8 means. */
function thumbnail(pixels: ArrayLike<number>, { height, width, channels }: Shape): Float64Array {
  const sums = new Float64Array(side * side * channels)
  const counts = new Float64Array(side * side)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * side) / height) * side + Math.floor((x * side) / width)
      counts[cell]! += 1
      for (let channel = 0; channel < channels; channel++) {
        sums[cell * channels + channel]! += pixels[(y * width + x) * channels + channel] as number
      }
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, counts[Math.floor(i / channels)] as number))
}
