/**
 * A line cut into the columns of pixels that it crosses: of each column the highest and the lowest place of the line. However many points there
 * are, what is drawn is as many columns as there are pixels; segments between far points are cut exactly at the columns' edges.
 */
import { indexAtOrBefore } from './index-at-or-before.ts'

export interface LinePoints {
  /** Ascending. */
  readonly xs: ArrayLike<number>
  readonly ys: ArrayLike<number>
}

export interface PixelColumns {
  /** Least and greatest pixel of the line in each column, from the top; infinite and crossed where the line is not. */
  readonly top: Float32Array
  readonly bottom: Float32Array
}

/** Indices of the points in sight and of one beyond either edge, for the lines that lead there; the end is exclusive. */
export function pointsInSight(xs: ArrayLike<number>, from: number, to: number): readonly [number, number] {
  return [Math.max(0, indexAtOrBefore(xs, from)), Math.min(xs.length, indexAtOrBefore(xs, to) + 2)]
}

/** @param x pixels from the left edge of the first column. A value that is no number ends the line there: the gap is seen. */
export function pixelColumns(
  { xs, ys }: LinePoints,
  [start, end]: readonly [number, number],
  columns: number,
  x: (value: number) => number,
  y: (value: number) => number,
): PixelColumns {
  const top = new Float32Array(columns).fill(Infinity)
  const bottom = new Float32Array(columns).fill(-Infinity)
  const cover = (column: number, a: number, b: number): void => {
    if (column < 0 || column >= columns) return
    const [least, greatest] = a < b ? [a, b] : [b, a]
    if (least < (top[column] as number)) top[column] = least
    if (greatest > (bottom[column] as number)) bottom[column] = greatest
  }
  let beforeX = Number.NaN
  let beforeY = Number.NaN
  for (let i = start; i < end; i++) {
    const [px, py] = [x(xs[i] as number), y(ys[i] as number)]
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      beforeX = Number.NaN
      continue
    }
    const column = Math.floor(px)
    if (Number.isNaN(beforeX)) cover(column, py, py)
    else {
      const first = Math.floor(beforeX)
      if (column === first) cover(column, beforeY, py)
      else {
        let entered = beforeY
        for (let at = Math.max(first, -1); at < column && at < columns; at++) {
          // Shares, not a slope: of two points that all but touch it would be infinite.
          const left = beforeY + ((at + 1 - beforeX) / (px - beforeX)) * (py - beforeY)
          if (at >= first) cover(at, at === first ? beforeY : entered, left)
          entered = left
        }
        cover(column, entered, py)
      }
    }
    beforeX = px
    beforeY = py
  }
  return { top, bottom }
}
