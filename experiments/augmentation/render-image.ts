/**
 * Carries out a plan: the reference implementation, in TypeScript and double precision. It is what runs where there is no native code, and
 * what the native code is compared with. The order: one bilinear resampling, blur, colour, noise, limits, normalisation, holes.
 */
import { splineWeights, type CubicWarp } from './cubic-warp.ts'
import type { BorderMode, ImagePlan } from './image-plan.ts'
import { NoiseSource } from './noise-source.ts'

/** 8-bit pixels, channels last, one image beginning at `offset`. */
export interface SourceImage {
  readonly pixels: Uint8Array
  readonly offset: number
}

export interface Normalization {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Which random stream the noise of an image comes from. */
export interface NoiseKey {
  readonly seed: number
  readonly epoch: number
  readonly index: number
}

export class ImageRenderer {
  readonly #noise = new NoiseSource()
  #scratch = new Float32Array()

  /** Writes channels x height x width normalised values at `at` of `target`. Mixing is the caller's. */
  render(
    plan: ImagePlan,
    source: SourceImage,
    key: NoiseKey,
    { mean, std }: Normalization,
    target: Float32Array,
    at: number,
  ): void {
    const { output, source: shape } = plan.context
    const size = output.height * output.width
    const values = target.subarray(at, at + size * shape.channels)
    resample(plan, source, values)
    if (plan.blurVariance > 0) this.#blur(plan, values)
    if (plan.colour) recolour(plan.colour, shape.channels, size, values)
    if (plan.noiseVariance > 0) {
      this.#noise.add(values, size, Math.sqrt(plan.noiseVariance), plan.noiseIsGrey, key)
    }
    const limited = plan.colour !== undefined || plan.noiseVariance > 0
    for (let channel = 0; channel < shape.channels; channel++) {
      const scale = 1 / (255 * (std[channel] as number))
      const shift = -(mean[channel] as number) / (std[channel] as number)
      const plane = values.subarray(channel * size, (channel + 1) * size)
      for (let i = 0; i < size; i++) {
        const value = plane[i] as number
        plane[i] = (limited ? Math.min(255, Math.max(0, value)) : value) * scale + shift
      }
      const covered =
        ((plan.context.colours.mean[channel] as number) - (mean[channel] as number)) / (std[channel] as number)
      for (const { top, left, bottom, right } of plan.holes) {
        for (let y = top; y < bottom; y++)
          plane.fill(covered, y * output.width + left, y * output.width + Math.max(left, right))
      }
    }
  }

  #blur(plan: ImagePlan, values: Float32Array): void {
    const { height, width } = plan.context.output
    const size = height * width
    if (this.#scratch.length < size) this.#scratch = new Float32Array(size)
    const taps = blurTaps(plan.blurVariance)
    for (let start = 0; start < values.length; start += size) {
      const plane = values.subarray(start, start + size)
      convolve(plane, this.#scratch, height, width, taps, 1, width)
      convolve(this.#scratch, plane, width, height, taps, width, 1)
    }
  }
}

/** Weights of distance 0, 1, ... from the middle; together, both sides, they are 1. */
export function blurTaps(variance: number): Float32Array {
  const radius = Math.max(1, Math.ceil(3 * Math.sqrt(variance)))
  const raw = Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * variance)))
  const sum = raw.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0)
  return Float32Array.from(raw, (weight) => weight / sum)
}

/** Along lines of `length` values `step` apart; beyond the ends the last value goes on. */
function convolve(
  from: Float32Array,
  to: Float32Array,
  lines: number,
  length: number,
  taps: Float32Array,
  step: number,
  lineStep: number,
): void {
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep
    for (let i = 0; i < length; i++) {
      let sum = (taps[0] as number) * (from[start + i * step] as number)
      for (let k = 1; k < taps.length; k++) {
        const before = from[start + Math.max(0, i - k) * step] as number
        const after = from[start + Math.min(length - 1, i + k) * step] as number
        sum += (taps[k] as number) * (before + after)
      }
      to[start + i * step] = sum
    }
  }
}

function resample(plan: ImagePlan, source: SourceImage, values: Float32Array): void {
  const { output, source: shape, colours } = plan.context
  const { height, width, channels } = shape
  const { pixels, offset } = source
  const size = output.height * output.width
  const [a, b, c, d, e, f, g, h, i] = plan.inverse
  const isAffine = g === 0 && h === 0
  const fill = colours.mean.map((mean) => (plan.border === 'mean' ? mean * 255 : 0))
  const fills = plan.border === 'mean' || plan.border === 'black'
  const warp = plan.warp && new WarpRows(plan.warp, output.width, output.height)
  for (let y = 0; y < output.height; y++) {
    warp?.moveTo(y)
    for (let x = 0; x < output.width; x++) {
      const u = warp ? x + warp.dx(x) : x
      const v = warp ? y + warp.dy(x) : y
      const w = isAffine ? i : g * u + h * v + i
      // Behind the eye there is nothing of the image.
      const [sx, sy] = w > 1e-6 ? [(a * u + b * v + c) / w, (d * u + e * v + f) / w] : [-2, -2]
      const px = limit(sx, width, fills)
      const py = limit(sy, height, fills)
      const x0 = Math.floor(px)
      const y0 = Math.floor(py)
      const tx = px - x0
      const ty = py - y0
      const left = place(x0, width, plan.border)
      const right = place(x0 + 1, width, plan.border)
      const top = place(y0, height, plan.border)
      const bottom = place(y0 + 1, height, plan.border)
      for (let channel = 0; channel < channels; channel++) {
        const outside = fill[channel] as number
        const at = (row: number, column: number): number =>
          row < 0 || column < 0 ? outside : (pixels[offset + (row * width + column) * channels + channel] as number)
        const upper = at(top, left) * (1 - tx) + at(top, right) * tx
        const lower = at(bottom, left) * (1 - tx) + at(bottom, right) * tx
        values[channel * size + y * output.width + x] = upper * (1 - ty) + lower * ty
      }
    }
  }
}

/** Far outside all is the same: keeps what follows within integers. */
function limit(position: number, size: number, fills: boolean): number {
  const far = fills ? 2 : 4 * size
  return Math.min(size + far, Math.max(-far, position))
}

/** The row or column to read; -1 for the fill colour. */
function place(position: number, size: number, border: BorderMode): number {
  if (position >= 0 && position < size) return position
  switch (border) {
    case 'mean':
    case 'black':
      return -1
    case 'edge':
      return position < 0 ? 0 : size - 1
    case 'reflect': {
      const period = Math.max(1, 2 * size - 2)
      const folded = ((position % period) + period) % period
      return folded < size ? folded : period - folded
    }
  }
}

/** Displacements of one row of the output after the other. */
class WarpRows {
  readonly #warp: CubicWarp
  readonly #width: number
  readonly #height: number
  readonly #row: Float64Array

  constructor(warp: CubicWarp, width: number, height: number) {
    this.#warp = warp
    this.#width = width
    this.#height = height
    this.#row = new Float64Array(2 * (warp.cells + 3))
  }

  moveTo(y: number): void {
    const { cells, control } = this.#warp
    const columns = 2 * (cells + 3)
    const at = (y * cells) / this.#height
    const cell = Math.min(cells - 1, Math.floor(at))
    const weights = splineWeights(at - cell)
    for (let i = 0; i < columns; i++) {
      let sum = 0
      for (let k = 0; k < 4; k++) sum += (weights[k] as number) * (control[(cell + k) * columns + i] as number)
      this.#row[i] = sum
    }
  }

  dx(x: number): number {
    return this.#interpolate(x, 0)
  }

  dy(x: number): number {
    return this.#interpolate(x, 1)
  }

  #interpolate(x: number, part: 0 | 1): number {
    const { cells } = this.#warp
    const at = (x * cells) / this.#width
    const cell = Math.min(cells - 1, Math.floor(at))
    const weights = splineWeights(at - cell)
    let sum = 0
    for (let k = 0; k < 4; k++) sum += (weights[k] as number) * (this.#row[2 * (cell + k) + part] as number)
    return sum
  }
}

function recolour(colour: Float64Array, channels: number, size: number, values: Float32Array): void {
  if (channels === 1) {
    const [factor = 1, shift = 0] = colour
    for (let i = 0; i < size; i++) values[i] = (values[i] as number) * factor + shift
    return
  }
  const before = new Float64Array(channels)
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < channels; channel++) before[channel] = values[channel * size + i] as number
    for (let row = 0; row < channels; row++) {
      const base = row * (channels + 1)
      let sum = colour[base + channels] as number
      for (let k = 0; k < channels; k++) sum += (colour[base + k] as number) * (before[k] as number)
      values[row * size + i] = sum
    }
  }
}
