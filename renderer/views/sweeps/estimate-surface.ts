/**
 * What the result may be between the trials: the mean of their heights, weighted by a Gaussian of the distance (Nadaraya-Watson). Where the weights
 * are small nobody was near, and the estimate is worth little.
 */

export interface SurfacePoint {
  readonly x: number
  readonly y: number
  readonly height: number
}

export interface SurfaceCell {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly height: number
  /** 0 to 1. */
  readonly certainty: number
}

const cellsASide = 24
const least = 4

/** Positions are 0 to 1. Empty with too few points. */
export function estimateSurface(points: readonly SurfacePoint[]): readonly SurfaceCell[] {
  if (points.length < least) return []
  // Silverman's rule for two dimensions, with the spread of a uniform distribution.
  const width = 0.29 * points.length ** (-1 / 6)
  const size = 1 / cellsASide
  return Array.from({ length: cellsASide ** 2 }, (_, index): SurfaceCell => {
    const [x, y] = [(index % cellsASide) * size, Math.floor(index / cellsASide) * size]
    let [weights, heights] = [0, 0]
    for (const point of points) {
      const squared = (point.x - x - size / 2) ** 2 + (point.y - y - size / 2) ** 2
      const weight = Math.exp(-squared / (2 * width ** 2))
      weights += weight
      heights += weight * point.height
    }
    return { x, y, size, height: weights > 0 ? heights / weights : 0, certainty: Math.min(1, weights) }
  })
}
