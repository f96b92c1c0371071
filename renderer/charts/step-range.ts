/** A range that a chart shows, of steps or of what else its axis counts, and how it changes. */

export type StepRange = readonly [number, number]

/** Closer than so many steps there is nothing to see. */
export const smallestZoom = 4

/** Everything that there is, and no more: up to the end of the epoch in progress, so that the axis moves once an epoch and not with each step. */
export function fullRange(lastStep: number, stepsPerEpoch: number | null): StepRange {
  if (lastStep <= 0) return [0, stepsPerEpoch ?? 100]
  if (stepsPerEpoch === null || stepsPerEpoch <= 0) return [0, Math.max(1, lastStep)]
  return [0, Math.ceil(lastStep / stepsPerEpoch) * stepsPerEpoch]
}

/** Zooms by `factor` (below 1 is closer) with `centre` staying in place; null when everything is in sight again. */
export function zoomAround(
  range: StepRange,
  centre: number,
  factor: number,
  full: StepRange,
  smallest = smallestZoom,
): StepRange | null {
  const width = Math.max(smallest, (range[1] - range[0]) * factor)
  if (width >= full[1] - full[0]) return null
  const share = (centre - range[0]) / (range[1] - range[0])
  return within([centre - width * share, centre + width * (1 - share)], full)
}

/** Moves by a share of its width. */
export function pan(range: StepRange, share: number, full: StepRange): StepRange {
  return moved(range, (range[1] - range[0]) * share, full)
}

export function moved(range: StepRange, by: number, full: StepRange): StepRange {
  return within([range[0] + by, range[1] + by], full)
}

/**
 * The whole steps of which a chart that shows `zoom` should have finer points: half as much again on either side, so that small moves need no
 * other. Null when those of `known` will do: they reach as far and were not asked for something much wider.
 */
export function fineRange(zoom: StepRange, known: StepRange | null): StepRange | null {
  const width = zoom[1] - zoom[0]
  const covers = known !== null && Math.max(0, zoom[0]) >= known[0] && zoom[1] <= known[1]
  if (covers && known[1] - known[0] <= 4 * width + 2) return null
  return [Math.max(0, Math.floor(zoom[0] - width / 2)), Math.max(0, Math.ceil(zoom[1] + width / 2))]
}

/** The same width, inside of `full`. */
function within([low, high]: StepRange, full: StepRange): StepRange {
  const width = high - low
  if (low < full[0]) return [full[0], full[0] + width]
  if (high > full[1]) return [full[1] - width, full[1]]
  return [low, high]
}
