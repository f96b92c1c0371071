/** Index of the last of ascending numbers at or before one; -1 when there is none. */
export function indexAtOrBefore(xs: ArrayLike<number>, x: number): number {
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((xs[middle] ?? Infinity) <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}
