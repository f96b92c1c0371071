/** The least and the greatest value that lines have within a range: at their points, and where they cross its edges on the way from or to points beyond. */
import type { AxisShape } from './axis-shape.ts'
import { indexAtOrBefore } from './index-at-or-before.ts'
import type { LinePoints } from './pixel-columns.ts'

export interface BandedPoints extends LinePoints {
  /** An interval around each y. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | undefined
}

/** Infinite and crossed where nothing is in sight. A logarithmic y axis has no place for values that are not above 0. */
export function valuesInSight(
  lines: readonly BandedPoints[],
  [from, to]: readonly [number, number],
  x: AxisShape,
  y: AxisShape,
): readonly [least: number, greatest: number] {
  let least = Infinity
  let greatest = -Infinity
  const see = (value: number): void => {
    if (y.isLog && !(value > 0)) return
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  for (const { xs, ys, band } of lines) {
    const before = indexAtOrBefore(xs, from)
    const first = before >= 0 && xs[before] === from ? before : before + 1
    const end = indexAtOrBefore(xs, to) + 1
    for (const values of band ? [ys, band.low, band.high] : [ys]) {
      for (let i = first; i < end; i++) see(values[i] as number)
      for (const [edge, index] of [
        [from, first],
        [to, end],
      ] as const) {
        if (index <= 0 || index >= xs.length) continue
        const [left, right] = [x.place(xs[index - 1] as number), x.place(xs[index] as number)]
        const [start, stop] = [y.place(values[index - 1] as number), y.place(values[index] as number)]
        see(y.valueAt(start + ((stop - start) * (x.place(edge) - left)) / (right - left)))
      }
    }
  }
  return [least, greatest]
}
