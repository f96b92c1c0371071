/** How values lie along an axis: evenly, or by their logarithm. Zooming and panning are even along the axis, whatever its shape. */

export interface AxisShape {
  readonly isLog: boolean
  /** Where a value lies, in the axis's own measure. */
  readonly place: (value: number) => number
  readonly valueAt: (place: number) => number
}

export const linearAxis: AxisShape = { isLog: false, place: (value) => value, valueAt: (place) => place }
export const logAxis: AxisShape = { isLog: true, place: Math.log10, valueAt: (place) => 10 ** place }

/** From values in `from` to `to` to pixels that begin at `start` and run for `length`, which may be negative: upwards. */
export function pixelScale(
  shape: AxisShape,
  [from, to]: readonly [number, number],
  start: number,
  length: number,
): (value: number) => number {
  const [first, last] = [shape.place(from), shape.place(to)]
  const perUnit = length / (last - first || 1)
  return shape.isLog
    ? (value) => start + (Math.log10(value) - first) * perUnit
    : (value) => start + (value - first) * perUnit
}

/**
 * What an axis shows of a full range. A logarithm has no place for 0 and below: the axis begins with the least value above it, and where there
 * is none, with a thousandth of the end.
 */
export function shapedRange(
  shape: AxisShape,
  [from, to]: readonly [number, number],
  leastAboveZero: number,
): readonly [number, number] {
  if (!shape.isLog || from > 0) return [from, to]
  const least = leastAboveZero > 0 && leastAboveZero < to ? leastAboveZero : to / 1000
  return to > 0 ? [least, to] : [0.1, 1]
}
