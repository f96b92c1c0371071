/**
 * The mark of the studio as pixels, its layers lit from below while training goes on: the form of renderer/shell/Logo.svelte, in colours that can
 * be told apart on dark and on light bars.
 */
import { trayLayers, type TrayTone } from './tray-model.ts'

type Point = readonly [x: number, y: number]

/** In a square of 28 by 28, from below. */
// prettier-ignore
const layers: readonly (readonly Point[])[] = [
  [[5.9, 16.9], [14, 21], [22.1, 16.9], [25, 18.4], [14, 24], [3, 18.4]],
  [[5.9, 12.1], [14, 16.2], [22.1, 12.1], [25, 13.6], [14, 19.2], [3, 13.6]],
  [[14, 3.2], [25, 8.8], [14, 14.4], [3, 8.8]],
]
const box = 28
/** Red, green, blue. */
const unlit = [0x8b, 0x93, 0xa3] as const
const colours = { idle: unlit, training: [0x5b, 0x8a, 0xf5], held: [0xf2, 0xa2, 0x4a] } as const
/** Samples of a pixel in each direction, so that slanted edges are smooth. */
const samples = 4

/** `size` by `size` pixels, four bytes each: blue, green, red, alpha, multiplied by alpha, as Electron takes them. */
export function trayPixels(tone: TrayTone, lit: number, size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 4)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0, 0]
      for (let sample = 0; sample < samples * samples; sample++) {
        const x = ((column + ((sample % samples) + 0.5) / samples) * box) / size
        const y = ((row + (Math.floor(sample / samples) + 0.5) / samples) * box) / size
        const layer = layers.findIndex((outline) => isInside(outline, x, y))
        if (layer < 0) continue
        const [red, green, blue] = layer < Math.min(lit, trayLayers) ? colours[tone] : unlit
        for (const [channel, value] of [blue, green, red, 255].entries()) sum[channel] = (sum[channel] ?? 0) + value
      }
      pixels.set(
        sum.map((value) => Math.round(value / samples ** 2)),
        (row * size + column) * 4,
      )
    }
  }
  return pixels
}

/** Whether an odd number of edges lies to the right. */
function isInside(outline: readonly Point[], x: number, y: number): boolean {
  let inside = false
  let [fromX, fromY] = outline.at(-1) ?? [0, 0]
  for (const [toX, toY] of outline) {
    if (toY > y !== fromY > y && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX) inside = !inside
    ;[fromX, fromY] = [toX, toY]
  }
  return inside
}
