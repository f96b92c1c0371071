/**
 * Do gradients reach every layer in a useful size? What is compared is the root mean square of a layer's gradient, which does not depend on its
 * number of weights, and the size of an update against that of the weight: about 1e-3 is healthy (Karpathy, CS231n notes, Babysitting the
 * learning process). Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010.
 */
import type { ActivationStatistics, LayerStatistics, WeightStatistics } from './inspection-record.ts'
import { median } from '../statistics/median.ts'

export type HealthFinding =
  /** The first layers get gradients that much smaller than the last ones. */
  | { readonly kind: 'vanishing'; readonly layers: readonly string[]; readonly ratio: number }
  /** Gradients grow towards the input, are not finite, or one step changes a weight by a large part of itself. */
  | { readonly kind: 'exploding'; readonly layers: readonly string[]; readonly ratio: number }
  /** One step changes next to nothing of the weight. */
  | { readonly kind: 'standing'; readonly layers: readonly string[]; readonly ratio: number }
  /** Units that are 0 for every example. */
  | { readonly kind: 'dead'; readonly layers: readonly string[]; readonly ratio: number }

/** Between first and last quarter of the layers. */
const vanishingRatio = 1e-3
const explodingRatio = 1e3
const largestUpdate = 0.1
const smallestUpdate = 1e-6
const deadShare = 0.4

export function judgeLayers({ weights, activations }: LayerStatistics): readonly HealthFinding[] {
  return [...judgeFlow(weights), ...judgeUpdates(weights), ...judgeUnits(activations)]
}

/** Root mean square of a layer's gradient. */
export function gradientSize({ gradientNorm, values }: WeightStatistics): number {
  return gradientNorm / Math.sqrt(Math.max(values, 1))
}

function judgeFlow(weights: readonly WeightStatistics[]): readonly HealthFinding[] {
  const broken = weights.filter(({ gradientNorm }) => !Number.isFinite(gradientNorm))
  if (broken.length > 0) {
    return [{ kind: 'exploding', layers: broken.map(({ node }) => node), ratio: Number.POSITIVE_INFINITY }]
  }
  // Two layers have no depth to vanish over.
  if (weights.length < 4) return []
  const quarter = Math.ceil(weights.length / 4)
  const first = median(weights.slice(0, quarter).map(gradientSize))
  const last = median(weights.slice(-quarter).map(gradientSize))
  if (last === 0) return []
  const ratio = first / last
  const small = weights.filter((weight) => gradientSize(weight) < last * vanishingRatio).map(({ node }) => node)
  if (ratio < vanishingRatio) return [{ kind: 'vanishing', layers: small, ratio }]
  const large = weights.filter((weight) => gradientSize(weight) > last * explodingRatio).map(({ node }) => node)
  return ratio > explodingRatio ? [{ kind: 'exploding', layers: large, ratio }] : []
}

function judgeUpdates(weights: readonly WeightStatistics[]): readonly HealthFinding[] {
  const of = (kind: 'exploding' | 'standing', found: readonly WeightStatistics[]): readonly HealthFinding[] =>
    found.length === 0
      ? []
      : [{ kind, layers: found.map(({ node }) => node), ratio: median(found.map(({ updateRatio }) => updateRatio)) }]
  return [
    ...of(
      'exploding',
      weights.filter(({ updateRatio }) => updateRatio > largestUpdate),
    ),
    ...of(
      'standing',
      weights.filter(({ updateRatio }) => updateRatio < smallestUpdate),
    ),
  ]
}

function judgeUnits(activations: readonly ActivationStatistics[]): readonly HealthFinding[] {
  const found = activations.filter(({ dead, units }) => units > 0 && dead / units >= deadShare)
  if (found.length === 0) return []
  const ratio = Math.max(...found.map(({ dead, units }) => dead / units))
  return [{ kind: 'dead', layers: found.map(({ node }) => node), ratio }]
}
