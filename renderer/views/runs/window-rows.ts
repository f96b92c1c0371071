/** Which rows of a long table exist: those in sight and a few beyond. All rows have one height. */

export interface RowWindow {
  readonly start: number
  readonly end: number
}

/** Short tables are drawn whole: nothing is gained, and what searches the page finds every row. */
const drawnWhole = 150
const beyond = 12

export function rowsInSight(count: number, scrollTop: number, height: number, rowHeight: number): RowWindow {
  if (count <= drawnWhole) return { start: 0, end: count }
  const first = Math.floor(scrollTop / rowHeight)
  const visible = Math.ceil(height / rowHeight)
  const start = Math.min(Math.max(0, first - beyond), Math.max(0, count - visible))
  return { start, end: Math.min(count, first + visible + beyond) }
}
