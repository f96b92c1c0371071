/** A range that a chart shows, of steps or of what else its axis counts, and how it changes. */
import { linearAxis, type AxisShape } from './axis-shape.ts'

export type StepRange = readonly [number, number]

/** Closer than so many steps there is nothing to see. */
export const smallestZoom = 4

/** Everything that there is, and no more: up to the end of the epoch in progress, so that the axis moves once an epoch and not with each step. */
export function fullRange(lastStep: number, stepsPerEpoch: number | null, firstStep = 1): StepRange {
  if (lastStep <= 0) return [0, stepsPerEpoch ?? 100]
  if (stepsPerEpoch === null || stepsPerEpoch <= 0) return [0, Math.max(1, lastStep)]
  // A branch begins with an epoch of its own.
  const epochsBefore = Math.floor(Math.max(0, firstStep - 1) / stepsPerEpoch)
  return [epochsBefore * stepsPerEpoch, Math.ceil(lastStep / stepsPerEpoch) * stepsPerEpoch]
}

/** Zooms by `factor` (below 1 is closer) with `centre` staying in place; null when everything is in sight again. */
export function zoomAround(
  range: StepRange,
  centre: number,
  factor: number,
  full: StepRange,
  smallest = smallestZoom,
  shape: AxisShape = linearAxis,
): StepRange | null {
  const [low, high] = [shape.place(range[0]), shape.place(range[1])]
  const end = [shape.place(full[0]), shape.place(full[1])] as const
  // Around the centre the axis is as good as even: so wide is the narrowest view there.
  const least = shape.isLog ? smallest / (Math.max(centre, smallest) * Math.LN10) : smallest
  const width = Math.max(least, (high - low) * factor)
  if (width >= end[1] - end[0]) return null
  const at = shape.place(centre)
  const share = (at - low) / (high - low)
  const [from, to] = within([at - width * share, at + width * (1 - share)], end)
  return [shape.valueAt(from), shape.valueAt(to)]
}

/** Moves by a share of its width. */
export function pan(range: StepRange, share: number, full: StepRange, shape: AxisShape = linearAxis): StepRange {
  const [low, high] = [shape.place(range[0]), shape.place(range[1])]
  const by = (high - low) * share
  const [from, to] = within([low + by, high + by], [shape.place(full[0]), shape.place(full[1])])
  return [shape.valueAt(from), shape.valueAt(to)]
}

/**
 * The whole steps of which a chart that shows `zoom` should have finer points: half as much again on either side, so that small moves need no
 * other. Null when those of `known` will do: they reach as far and were not asked for something much wider.
 */
export function fineRange(zoom: StepRange, known: StepRange | null, shape: AxisShape = linearAxis): StepRange | null {
  // The first step is 1, and 0 has no place on a logarithmic axis.
  const least = shape.isLog ? 1 : 0
  const low = Math.max(least, zoom[0])
  const high = Math.max(low, zoom[1])
  const [from, to] = [shape.place(low), shape.place(high)]
  const width = to - from
  const covers = known !== null && low >= known[0] && high <= known[1]
  const roundedBy = shape.isLog ? 0 : 2
  if (covers && shape.place(known[1]) - shape.place(known[0]) <= 4 * width + roundedBy) return null
  return [
    Math.max(least, Math.floor(shape.valueAt(from - width / 2))),
    Math.max(least, Math.ceil(shape.valueAt(to + width / 2))),
  ]
}

/** The same width, inside of `full`. */
function within([low, high]: StepRange, full: StepRange): StepRange {
  const width = high - low
  if (low < full[0]) return [full[0], full[0] + width]
  if (high > full[1]) return [full[1] - width, full[1]]
  return [low, high]
}
