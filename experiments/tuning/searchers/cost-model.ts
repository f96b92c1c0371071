/**
 * What a configuration would cost, learnt from those that were tried: the logarithm of the cost as a polynomial of second degree in each axis'
 * position, without products between axes, by least squares with a small penalty. Costs of networks multiply (channels times channels times
 * pixels), so their logarithms nearly add up.
 */
import { choleskyFactor, solveLower, solveUpper } from '../math/cholesky.ts'
import { positionsOf, type Configuration, type SearchSpace } from '../space/search-space.ts'

/** Logarithm of the cost, up to a constant that is the same for all configurations. */
export type LogCost = (configuration: Configuration) => number

export interface KnownCost {
  readonly configuration: Configuration
  /** Above 0. */
  readonly cost: number
}

const penalty = 1e-3

/** Without anything known all cost the same. */
export function fitLogCost(space: SearchSpace, known: readonly KnownCost[]): LogCost {
  if (known.length === 0) return () => 0
  const rows = known.map(({ configuration }) => featuresOf(space, configuration))
  const targets = known.map(({ cost }) => Math.log(cost))
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length
  const size = rows[0]?.length ?? 0
  const matrix = new Float64Array(size * size)
  const right = new Float64Array(size)
  rows.forEach((row, k) => {
    for (let i = 0; i < size; i++) {
      right[i]! += row[i]! * ((targets[k] ?? 0) - mean)
      for (let j = 0; j < size; j++) matrix[i * size + j]! += row[i]! * row[j]!
    }
  })
  for (let i = 0; i < size; i++) matrix[i * size + i]! += penalty * known.length
  const factor = choleskyFactor(matrix, size)
  const weights = solveUpper(factor, solveLower(factor, right))
  return (configuration) => featuresOf(space, configuration).reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0)
}

/** Ordered axes: position and its square, around the middle. Others: one for each level. An axis that does not exist adds nothing. */
function featuresOf(space: SearchSpace, configuration: Configuration): readonly number[] {
  const positions = positionsOf(space, configuration)
  const features = space.axes.flatMap((axis, i) => {
    const position = positions[i]
    if (axis.isOrdered) return position === undefined ? [0, 0] : [position - 0.5, (position - 0.5) ** 2]
    const levels = axis.levels ?? 1
    return Array.from({ length: levels }, (_, level) =>
      position !== undefined && Math.floor(position * levels) === level ? 1 : 0,
    )
  })
  return [1, ...features]
}
