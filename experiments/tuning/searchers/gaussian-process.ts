/** Regression with a Gaussian process on points of the unit cube; losses are standardised inside. */
import { choleskyFactor, solveLower, solveUpper } from '../math/cholesky.ts'

/** Logarithms: signal variance, noise variance, then a length an axis. */
export type KernelParameters = readonly number[]

export interface GaussianProcess {
  readonly parameters: KernelParameters
  predict(point: readonly number[]): { readonly mean: number; readonly deviation: number }
}

type Points = readonly (readonly number[])[]

/** @param isOrdered of axes whose positions have no neighbourhood, points are either equal or different */
export function fitGaussianProcess(
  points: Points,
  losses: readonly number[],
  isOrdered: readonly boolean[],
  known?: KernelParameters,
): GaussianProcess {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  const deviation = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length) || 1
  const targets = losses.map((loss) => (loss - mean) / deviation)
  const parameters = known ?? findParameters(points, targets, isOrdered)
  const { factor, weights } = solve(points, targets, isOrdered, parameters)
  return {
    parameters,
    predict: (point) => {
      const covariances = Float64Array.from(points, (other) => kernel(point, other, isOrdered, parameters))
      let predicted = 0
      covariances.forEach((value, i) => (predicted += value * (weights[i] ?? 0)))
      const half = solveLower(factor, covariances)
      const explained = half.reduce((sum, value) => sum + value * value, 0)
      const variance = Math.max(1e-12, Math.exp(parameters[0] ?? 0) - explained)
      return { mean: mean + deviation * predicted, deviation: deviation * Math.sqrt(variance) }
    },
  }
}

function kernel(
  a: readonly number[],
  b: readonly number[],
  isOrdered: readonly boolean[],
  parameters: KernelParameters,
): number {
  let squared = 0
  for (let i = 0; i < a.length; i++) {
    const distance = isOrdered[i] ? (a[i] ?? 0) - (b[i] ?? 0) : a[i] === b[i] ? 0 : 1
    squared += (distance / Math.exp(parameters[i + 2] ?? 0)) ** 2
  }
  const r = Math.sqrt(5 * squared)
  return Math.exp(parameters[0] ?? 0) * (1 + r + (r * r) / 3) * Math.exp(-r)
}

function solve(
  points: Points,
  targets: readonly number[],
  isOrdered: readonly boolean[],
  parameters: KernelParameters,
) {
  const n = points.length
  const matrix = new Float64Array(n * n)
  const noise = Math.exp(parameters[1] ?? 0) + 1e-8
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = kernel(points[i] ?? [], points[j] ?? [], isOrdered, parameters) + (i === j ? noise : 0)
      matrix[i * n + j] = value
      matrix[j * n + i] = value
    }
  }
  const factor = choleskyFactor(matrix, n)
  const half = solveLower(factor, Float64Array.from(targets))
  return { factor, half, weights: solveUpper(factor, half) }
}

/** Negative logarithm of the posterior: likelihood with normal priors on the logarithms. */
function misfit(
  points: Points,
  targets: readonly number[],
  isOrdered: readonly boolean[],
  parameters: KernelParameters,
): number {
  const { factor, half } = solve(points, targets, isOrdered, parameters)
  const n = points.length
  let value = half.reduce((sum, x) => sum + x * x, 0) / 2
  for (let i = 0; i < n; i++) value += Math.log(factor[i * n + i] ?? 1)
  const prior = (x: number, centre: number, width: number) => ((x - centre) / width) ** 2 / 2
  value += prior(parameters[0] ?? 0, 0, 1) + prior(parameters[1] ?? 0, -6, 2)
  for (const length of parameters.slice(2)) value += prior(length, -0.7, 1)
  return Number.isFinite(value) ? value : Number.MAX_VALUE
}

/** Coordinate search with shrinking steps: few parameters, no gradients, always the same answer. */
function findParameters(points: Points, targets: readonly number[], isOrdered: readonly boolean[]): KernelParameters {
  let best = [0, -6, ...isOrdered.map(() => -0.7)]
  let value = misfit(points, targets, isOrdered, best)
  for (const step of [1, 0.5, 0.25]) {
    for (let sweep = 0; sweep < 2; sweep++) {
      let improved = false
      for (let i = 0; i < best.length; i++) {
        for (const sign of [1, -1]) {
          const changed = best.map((x, j) => (i === j ? x + sign * step * (i === 1 ? 2 : 1) : x))
          const found = misfit(points, targets, isOrdered, changed)
          if (found < value) {
            best = changed
            value = found
            improved = true
            break
          }
        }
      }
      if (!improved) break
    }
  }
  return best
}
