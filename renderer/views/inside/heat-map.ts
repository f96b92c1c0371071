/** Heat over an image: nothing where the value is 0, from violet over orange to pale yellow where it is 1. */

const stops = [
  [40, 11, 84],
  [120, 28, 109],
  [188, 55, 84],
  [237, 105, 37],
  [252, 180, 26],
  [252, 255, 164],
] as const

/** RGBA of a value from 0 to 1. */
export function heatColour(value: number): readonly [number, number, number, number] {
  const place = Math.min(1, Math.max(0, value)) * (stops.length - 1)
  const low = stops[Math.floor(place)] ?? stops[0]
  const high = stops[Math.min(stops.length - 1, Math.floor(place) + 1)] ?? stops[0]
  const share = place - Math.floor(place)
  const mix = (i: 0 | 1 | 2): number => Math.round(low[i] + (high[i] - low[i]) * share)
  return [mix(0), mix(1), mix(2), Math.round(235 * Math.min(1, value * 1.6))]
}

/** @param values from 0 to 1, row by row; smaller ones are not painted */
export function paintHeat(
  canvas: HTMLCanvasElement,
  { values, width, height }: { values: readonly number[]; width: number; height: number },
): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const pixels = new Uint8ClampedArray(width * height * 4)
  values.forEach((value, i) => {
    if (value > 0) pixels.set(heatColour(value), i * 4)
  })
  context.putImageData(new ImageData(pixels, width, height), 0, 0)
}
