/**
 * Draws one image of the shapes dataset: a shape of random size, place, turn and colour over a textured background with clutter
 * and noise. Coverage of a pixel is 0.5 minus its distance to the outline, which smooths edges over one pixel.
 * Every number comes from one counter-based stream and exact arithmetic: the same bytes on every platform.
 */
import type { CounterRandom } from '../../experiments/random/counter-random.ts'
import type { Outline } from './shape-outlines.ts'

export const shapeImageSide = 32
const side = shapeImageSide
const gridSide = 5
type Colour = readonly [number, number, number]

/** Draws channels-last 8-bit RGB into `out` at `offset`. */
export function drawShapeImage(random: CounterRandom, outline: Outline, out: Uint8Array, offset: number): void {
  const canvas = new Float64Array(side * side * 3)
  const background = randomColour(random, 0, 130)
  paintBackground(random, background, canvas)
  for (let left = random.below(4); left > 0; left--) paintClutter(random, canvas)
  paintShape(random, outline, background, canvas)
  addNoise(random, canvas, out, offset)
}

/** A colour gradient plus smooth noise: bilinear between the values of a coarse grid. */
function paintBackground(random: CounterRandom, base: Colour, canvas: Float64Array): void {
  const slope = [0, 1].map(() => base.map(() => between(random, -1.2, 1.2)))
  const strength = between(random, 0, 30)
  const grid = Float64Array.from({ length: gridSide * gridSide }, () => between(random, -strength, strength))
  const step = (gridSide - 1) / side
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const texture = bilinear(grid, x * step, y * step)
      for (let channel = 0; channel < 3; channel++) {
        const alongX = (slope[0]?.[channel] as number) * (x - side / 2)
        const alongY = (slope[1]?.[channel] as number) * (y - side / 2)
        canvas[(y * side + x) * 3 + channel] = (base[channel] as number) + alongX + alongY + texture
      }
    }
  }
}

function bilinear(grid: Float64Array, x: number, y: number): number {
  const column = Math.floor(x)
  const row = Math.floor(y)
  const at = (r: number, c: number) => grid[r * gridSide + c] as number
  const upper = at(row, column) + (at(row, column + 1) - at(row, column)) * (x - column)
  const lower = at(row + 1, column) + (at(row + 1, column + 1) - at(row + 1, column)) * (x - column)
  return upper + (lower - upper) * (y - row)
}

/** A dot or a thin line: colour and edges that are not the shape. */
function paintClutter(random: CounterRandom, canvas: Float64Array): void {
  const colour = randomColour(random, 0, 255)
  const [x, y] = [between(random, 0, side), between(random, 0, side)]
  const reach = random.below(2) === 0 ? 0 : between(random, 4, 10)
  const [turnX, turnY] = randomDirection(random)
  const thickness = reach === 0 ? between(random, 0.7, 1.8) : between(random, 0.3, 0.6)
  blend(canvas, x, y, reach + 3, colour, 0.8, (pX, pY) => {
    const along = Math.max(-reach, Math.min(reach, pX * turnX + pY * turnY))
    const offX = pX - along * turnX
    const offY = pY - along * turnY
    return Math.sqrt(offX * offX + offY * offY) - thickness
  })
}

function paintShape(random: CounterRandom, outline: Outline, background: Colour, canvas: Float64Array): void {
  const radius = between(random, 7, 13)
  const margin = radius * 0.9
  const [x, y] = [between(random, margin, side - margin), between(random, margin, side - margin)]
  const [turnX, turnY] = randomDirection(random)
  const opacity = between(random, 0.75, 1)
  let colour = randomColour(random, 90, 255)
  while (brightness(colour) - brightness(background) < 55) colour = randomColour(random, 90, 255)
  blend(canvas, x, y, radius * 1.2 + 1, colour, opacity, (pX, pY) => {
    return radius * outline((pX * turnX + pY * turnY) / radius, (pY * turnX - pX * turnY) / radius)
  })
}

/** Lays `colour` over the pixels whose distance, in pixels relative to the centre, says that they are covered. */
function blend(
  canvas: Float64Array,
  centreX: number,
  centreY: number,
  reach: number,
  colour: Colour,
  opacity: number,
  distance: (x: number, y: number) => number,
): void {
  const lastX = Math.min(side - 1, Math.floor(centreX + reach))
  const lastY = Math.min(side - 1, Math.floor(centreY + reach))
  for (let y = Math.max(0, Math.floor(centreY - reach)); y <= lastY; y++) {
    for (let x = Math.max(0, Math.floor(centreX - reach)); x <= lastX; x++) {
      const coverage = 0.5 - distance(x + 0.5 - centreX, y + 0.5 - centreY)
      if (coverage <= 0) continue
      const weight = opacity * Math.min(1, coverage)
      for (let channel = 0; channel < 3; channel++) {
        const i = (y * side + x) * 3 + channel
        const below = canvas[i] as number
        canvas[i] = below + ((colour[channel] as number) - below) * weight
      }
    }
  }
}

/** Triangular noise of up to 6 to 24 levels, then rounding to bytes. One 32-bit number serves two values. */
function addNoise(random: CounterRandom, canvas: Float64Array, out: Uint8Array, offset: number): void {
  const strength = between(random, 6, 24) / 255
  for (let i = 0; i < canvas.length; i += 2) {
    const bits = random.nextUint32()
    const first = (bits & 0xff) + ((bits >>> 8) & 0xff) - 255
    const second = ((bits >>> 16) & 0xff) + (bits >>> 24) - 255
    out[offset + i] = toByte((canvas[i] as number) + first * strength)
    out[offset + i + 1] = toByte((canvas[i + 1] as number) + second * strength)
  }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5)
}

function between(random: CounterRandom, low: number, high: number): number {
  return low + (high - low) * random.uniform()
}

function randomColour(random: CounterRandom, low: number, high: number): Colour {
  const channel = () => low + random.below(high - low + 1)
  return [channel(), channel(), channel()]
}

function brightness(colour: Colour): number {
  return (colour[0] + colour[1] + colour[2]) / 3
}

/** A unit vector of uniformly random direction, without trigonometry: a point of the disc, scaled to its rim. */
function randomDirection(random: CounterRandom): readonly [number, number] {
  for (;;) {
    const x = between(random, -1, 1)
    const y = between(random, -1, 1)
    const square = x * x + y * y
    if (square > 1 || square < 0.01) continue
    const length = Math.sqrt(square)
    return [x / length, y / length]
  }
}
