/**
 * What is to happen to one image, in numbers: the way from an output pixel back to the source (homography and warp), blur, an affine map of
 * colours, noise, holes, and what it is mixed with. Operations write it; the TypeScript reference and the native code carry it out.
 */
import { identity3, multiply3, type Matrix3 } from './matrix3.ts'
import type { CubicWarp } from './cubic-warp.ts'

export interface ImageFrame {
  readonly height: number
  readonly width: number
}

/** What operations know of the data. */
export interface AugmentationContext {
  readonly source: ImageFrame & { readonly channels: number }
  /** What the network sees. */
  readonly output: ImageFrame
  readonly colours: ColourStatistics
}

/** Of the training split, per channel, pixels scaled to 0 .. 1. */
export interface ColourStatistics {
  readonly mean: readonly number[]
  readonly std: readonly number[]
  /** Principal components of the pixels' colours, the largest first. */
  readonly components: readonly { readonly direction: readonly number[]; readonly deviation: number }[]
}

/** What lies outside of the image. */
export type BorderMode = 'mean' | 'black' | 'edge' | 'reflect'

export interface Hole {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** `blend`: share * this + (1 - share) * partner everywhere. `paste`: the partner inside of `hole`. */
export interface MixPlan {
  readonly mode: 'blend' | 'paste'
  /** Of this image in the label. */
  readonly share: number
  /** Which image of the batch: a number in [0, 1) times its length. */
  readonly partner: number
  readonly hole: Hole
}

export class ImagePlan {
  readonly context: AugmentationContext
  /** From output pixels to source pixels, both counted from the centre of the first one: (x, y, 1) row by row. */
  inverse: Matrix3 = identity3
  /** The image as the next operation sees it. */
  frame: ImageFrame
  border: BorderMode = 'mean'
  /** In output pixels, applied before `inverse`. */
  warp: CubicWarp | undefined
  /** Of the Gaussian, in output pixels. */
  blurVariance = 0
  /** Channels rows of channels + 1 numbers, on values from 0 to 255, valid until the next image; undefined leaves colours as they are. */
  colour: Float64Array | undefined
  /** On values from 0 to 255. */
  noiseVariance = 0
  noiseIsGrey = false
  holes: Hole[] = []
  mix: MixPlan | undefined
  #colours: readonly [Float64Array, Float64Array] | undefined

  constructor(context: AugmentationContext) {
    this.context = context
    this.frame = context.source
  }

  /** Makes it the plan that changes nothing. */
  reset(): void {
    this.inverse = identity3
    this.frame = this.context.source
    this.border = 'mean'
    this.warp = undefined
    this.blurVariance = 0
    this.colour = undefined
    this.noiseVariance = 0
    this.noiseIsGrey = false
    if (this.holes.length > 0) this.holes = []
    this.mix = undefined
  }

  /** The next geometric step, given by the map from its result back to the frame before it. */
  transform(back: Matrix3): void {
    this.inverse = this.inverse === identity3 ? back : multiply3(this.inverse, back)
  }

  /** The same about the middle of the frame. */
  transformAboutCentre(back: Matrix3): void {
    const x = (this.frame.width - 1) / 2
    const y = (this.frame.height - 1) / 2
    this.transform(multiply3(multiply3([1, 0, x, 0, 1, y, 0, 0, 1], back), [1, 0, -x, 0, 1, -y, 0, 0, 1]))
  }

  /** Cuts `height` x `width` pixels out of the frame; the offset may lie outside. */
  crop(top: number, left: number, frame: ImageFrame): void {
    if (top !== 0 || left !== 0) this.transform([1, 0, left, 0, 1, top, 0, 0, 1])
    this.frame = frame
  }

  /** The next step of the colours: value' = matrix * value + offset on 0 .. 255. Grey images have a matrix of one number. */
  recolour(matrix: readonly number[], offset: readonly number[]): void {
    const n = this.context.source.channels
    const before = this.colour
    const next = this.#otherColour()
    for (let row = 0; row < n; row++) {
      const to = row * (n + 1)
      next[to + n] = offset[row] as number
      for (let k = 0; k < n; k++) {
        const factor = matrix[row * n + k] as number
        if (!before) next[to + k] = factor
        else if (factor !== 0) {
          const from = k * (n + 1)
          for (let column = 0; column <= n; column++) next[to + column]! += factor * (before[from + column] as number)
        }
      }
    }
    this.colour = next
  }

  /** Memory for the next map: there are two in turns, made once. */
  #otherColour(): Float64Array {
    const n = this.context.source.channels
    this.#colours ??= [new Float64Array(n * (n + 1)), new Float64Array(n * (n + 1))]
    const [first, second] = this.#colours
    return (this.colour === first ? second : first).fill(0)
  }

  /** After the last geometric step: what is left of the frame beyond the output is cut off on all sides. */
  finish(): void {
    const { output } = this.context
    const { height, width } = this.frame
    if (height === output.height && width === output.width) return
    this.crop(Math.floor((height - output.height) / 2), Math.floor((width - output.width) / 2), output)
  }
}
