/**
 * When will a curve reach a target? The accuracy is taken as a - b n^-c over the epochs n, fitted by least squares: a and b in closed form for each
 * of a row of c. A curve that has been there already says when.
 */

export type TargetEstimate =
  | { readonly kind: 'reached'; readonly epochs: number }
  | { readonly kind: 'expected'; readonly epochs: number; readonly limit: number }
  /** The curve levels off below the target. */
  | { readonly kind: 'never'; readonly limit: number }
  | { readonly kind: 'unknown' }

const exponents = [0.25, 0.4, 0.6, 0.8, 1, 1.3, 1.7, 2.2]

/** @param accuracies by epoch from 1 */
export function estimateEpochsToTarget(accuracies: readonly number[], target: number): TargetEstimate {
  const reached = accuracies.findIndex((accuracy) => accuracy >= target)
  if (reached >= 0) return { kind: 'reached', epochs: reached + 1 }
  const fit = fitCurve(accuracies)
  if (fit === undefined) return { kind: 'unknown' }
  if (fit.limit <= target) return { kind: 'never', limit: fit.limit }
  // What only rounding puts behind a whole epoch is that epoch.
  const epochs = Math.ceil((fit.drop / (fit.limit - target)) ** (1 / fit.exponent) - 1e-6)
  return { kind: 'expected', epochs: Math.max(epochs, accuracies.length + 1), limit: fit.limit }
}

function fitCurve(accuracies: readonly number[]): { limit: number; drop: number; exponent: number } | undefined {
  if (accuracies.length < 3) return undefined
  let best: { limit: number; drop: number; exponent: number; error: number } | undefined
  for (const exponent of exponents) {
    const x = accuracies.map((_, i) => (i + 1) ** -exponent)
    const [mx, my] = [average(x), average(accuracies)]
    let [sxy, sxx] = [0, 0]
    x.forEach((value, i) => {
      sxy += (value - mx) * ((accuracies[i] ?? 0) - my)
      sxx += (value - mx) ** 2
    })
    const drop = -sxy / sxx
    const limit = my + drop * mx
    const error = accuracies.reduce((sum, accuracy, i) => sum + (accuracy - (limit - drop * (x[i] ?? 0))) ** 2, 0)
    if (drop > 0 && limit <= 1.02 && error < (best?.error ?? Number.POSITIVE_INFINITY))
      best = { limit: Math.min(1, limit), drop, exponent, error }
  }
  return best
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
