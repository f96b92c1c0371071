/**
 * What is drawn of a series: its points in sight and one beyond either edge, for the lines that lead there, thinned so that the picture stays
 * the same. Points are cut into runs of equal length; of each the least and the greatest value stay, raw and as it is smoothed at that place,
 * and the points at both ends. A value that is no number is never an extreme, but a run of nothing else keeps one of them: the gap is seen.
 */
import type { CurveColumns } from './curve-columns.ts'
import type { StepRange } from './step-range.ts'

export interface VisiblePoints {
  readonly steps: Float64Array
  readonly values: Float64Array
  readonly smoothed: Float64Array
}

/** At most `limit` points, which is at least 4; views on the columns where nothing has to be left out. */
export function visiblePoints(columns: CurveColumns, [from, to]: StepRange, limit: number): VisiblePoints {
  const { steps, values, smoothed } = columns
  const start = Math.max(0, columns.indexAtOrBefore(from))
  const end = Math.min(columns.length, columns.indexAtOrBefore(to) + 2)
  if (end - start <= limit) {
    return {
      steps: steps.subarray(start, end),
      values: values.subarray(start, end),
      smoothed: smoothed.subarray(start, end),
    }
  }
  const kept = extremes(values, start, end, limit)
  const of = (column: Float64Array): Float64Array => Float64Array.from(kept, (index) => column[index] ?? Number.NaN)
  return { steps: of(steps), values: of(values), smoothed: of(smoothed) }
}

/** Indices from `start` to before `end`, ascending. Runs begin at multiples of their length, so that a growing series does not flicker. */
function extremes(values: Float64Array, start: number, end: number, limit: number): readonly number[] {
  const kept = [start]
  // Two a run, one end on either side; the first and the last run may be cut.
  const length = Math.ceil((end - start) / Math.max(1, Math.floor(limit / 2) - 3))
  for (let run = start + 1; run < end - 1;) {
    const next = Math.min(end - 1, (Math.floor(run / length) + 1) * length)
    let least = run
    let greatest = run
    for (let i = run + 1; i < next; i++) {
      const value = values[i] ?? Number.NaN
      // Written so that anything is better than no number, and no number better than nothing.
      if (!(value >= (values[least] ?? 0)) && !Number.isNaN(value)) least = i
      if (!(value <= (values[greatest] ?? 0)) && !Number.isNaN(value)) greatest = i
    }
    kept.push(Math.min(least, greatest))
    if (least !== greatest) kept.push(Math.max(least, greatest))
    run = next
  }
  kept.push(end - 1)
  return kept
}
