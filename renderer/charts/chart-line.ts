/** A line of a chart, with what its legend says of it. */
import { indexAtOrBefore } from './index-at-or-before.ts'
import type { PlotLine } from './curve-plot.ts'

export interface ChartLine extends PlotLine {
  /** Unique among the lines of a chart. */
  readonly key: string
  /** What the legend calls it; a line without a name belongs to the one after it and is switched off with it. */
  readonly label: string | null
}

/** At the last point at or before x, or the newest value where nothing is read; undefined where there is none. */
export function valueAt({ points }: PlotLine, reading: number | null): number | undefined {
  const { xs, ys } = points()
  return ys[reading === null ? xs.length - 1 : indexAtOrBefore(xs, reading)]
}
