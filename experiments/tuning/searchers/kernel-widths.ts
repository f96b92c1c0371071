/**
 * How wide the kernels of an axis are. Where values are continuous: the distance to the farther neighbour (Watanabe: Tree-Structured Parzen
 * Estimator, 2023, section 3.3), so that each part of the axis has its own. Where there are few levels, observations lie on each other and
 * neighbours are either at distance 0 or a whole level away: there one width for all, by their deviation (Scott: Multivariate Density
 * Estimation, 1992, section 6.3.2), narrower because good values often lie in several places, whose common deviation is too large. Neither
 * falls below the lower limit that shrinks with the number of observations.
 */
import type { Axis } from '../space/axis.ts'

/** The finest kernel is a hundredth of the axis; levels closer than that are as good as continuous. */
const finest = 100
/** Scott's 1.06 is for one normal density; 0.7 of it found more on tables of trained networks than all of it or 1.4 of it. */
const factor = 0.7 * 1.06

/**
 * @param axes of the space
 * @param observed positions, undefined where an observation lacks the axis
 * @returns widths of the observations' kernels, then that of the prior, which is 1
 */
export function kernelWidths(axis: Axis, axes: number, observed: readonly (number | undefined)[]): Float64Array {
  const widths = new Float64Array(observed.length + 1).fill(1)
  if (!axis.isOrdered) return widths
  const present = observed.flatMap((position, i) => (position === undefined ? [] : [{ position, i }]))
  const smallest = 1 / Math.min(finest, 2 + observed.length)
  const limited = (width: number) => Math.min(1, Math.max(smallest, width))
  if (axis.levels !== undefined && axis.levels <= finest) {
    const width = limited(
      sharedWidth(
        present.map(({ position }) => position),
        axes,
      ),
    )
    for (const { i } of present) widths[i] = width
    return widths
  }
  present.sort((a, b) => a.position - b.position)
  present.forEach(({ position, i }, place) => {
    const neighbours = [present[place - 1], present[place + 1]].filter((neighbour) => neighbour !== undefined)
    const distances = neighbours.map((neighbour) => Math.abs(neighbour.position - position))
    // One observation alone reaches to the borders of the axis.
    widths[i] = limited(distances.length === 0 ? Math.max(position, 1 - position) : Math.max(...distances))
  })
  return widths
}

function sharedWidth(positions: readonly number[], axes: number): number {
  const count = positions.length
  if (count < 2) return 0.5
  const mean = positions.reduce((sum, position) => sum + position, 0) / count
  const variance = positions.reduce((sum, position) => sum + (position - mean) ** 2, 0) / (count - 1)
  return factor * Math.sqrt(variance) * count ** (-1 / (axes + 4))
}
