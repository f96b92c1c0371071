/** Which rows of a long table exist: those in sight and a few beyond. All rows have one height. */

export interface RowWindow {
  readonly start: number
  readonly end: number
  /** At most so many rows exist at a time: row i may take the place of row i - slots. Undefined where all rows exist. */
  readonly slots: number | undefined
}

/** Short tables are drawn whole: nothing is gained, and what searches the page finds every row. */
const drawnWhole = 150
const beyond = 12

export function rowsInSight(count: number, scrollTop: number, height: number, rowHeight: number): RowWindow {
  if (count <= drawnWhole) return { start: 0, end: count, slots: undefined }
  const first = Math.floor(scrollTop / rowHeight)
  const visible = Math.ceil(height / rowHeight)
  const start = Math.min(Math.max(0, first - beyond), Math.max(0, count - visible))
  return { start, end: Math.min(count, first + visible + beyond), slots: visible + 2 * beyond }
}
