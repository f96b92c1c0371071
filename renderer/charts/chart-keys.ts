/** The keys of every chart: arrows read, with Shift they pan, + and - zoom, 0 shows everything, Escape ends reading. */
import { indexAtOrBefore } from './index-at-or-before.ts'
import { linearAxis, type AxisShape } from './axis-shape.ts'
import { pan, zoomAround, type StepRange } from './step-range.ts'

export interface ChartKeys {
  /** What is in sight; null is everything. */
  readonly zoom: StepRange | null
  readonly full: StepRange
  /** Where the reading line stands. */
  readonly reading: number | null
  readonly smallest?: number
  readonly shape?: AxisShape
  readonly onZoom: (zoom: StepRange | null) => void
  /** To the next point in a direction. */
  readonly onRead: (direction: 1 | -1) => void
  readonly onReadingEnd: () => void
}

const closer = 0.6

export function pressChartKey(event: KeyboardEvent, chart: ChartKeys): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { zoom, full, reading, smallest, shape = linearAxis, onZoom, onRead, onReadingEnd } = chart
  const current = zoom ?? full
  const zoomBy = (factor: number): void =>
    onZoom(zoomAround(current, reading ?? middleOf(current, shape), factor, full, smallest, shape))
  const step = (direction: 1 | -1): void => {
    if (!event.shiftKey || !zoom) onRead(direction)
    else onZoom(pan(zoom, direction * 0.2, full, shape))
  }
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    '+': () => zoomBy(closer),
    '=': () => zoomBy(closer),
    '-': () => zoomBy(1 / closer),
    '0': () => onZoom(null),
    Escape: onReadingEnd,
  }
  const action = actions[event.key]
  if (!action) return
  event.preventDefault()
  action()
}

function middleOf([from, to]: StepRange, { place, valueAt }: AxisShape): number {
  return valueAt((place(from) + place(to)) / 2)
}

/**
 * The point that is read next: a hundredth of the axis in sight further, at least a point. Reading begins at the edge of what is in sight. `xs` ascend;
 * null where there are none.
 */
export function nextReading(
  xs: ArrayLike<number>,
  reading: number | null,
  [from, to]: StepRange,
  direction: 1 | -1,
  shape: AxisShape = linearAxis,
): number | null {
  if (xs.length === 0) return null
  let next = direction === 1 ? indexAtOrBefore(xs, from) + 1 : indexAtOrBefore(xs, to)
  if (reading !== null && reading >= from && reading <= to) {
    const by = (shape.place(to) - shape.place(from)) / 100
    const now = indexAtOrBefore(xs, reading)
    const there = indexAtOrBefore(xs, shape.valueAt(shape.place(reading) + direction * by))
    next = direction === 1 ? Math.max(there, now + 1) : Math.min(there, now - 1)
  }
  return xs[Math.min(xs.length - 1, Math.max(0, next))] ?? null
}
