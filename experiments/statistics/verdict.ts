/**
 * Is the difference between two configurations real, or what another seed would have made of it? With two seeds on either side at least, the
 * bootstrap interval of the difference of the mean best metric answers; with fewer, what would be needed is said instead of guessed.
 */
import { bootstrapDifference, mean, standardDeviation, type MeanDifference } from './bootstrap.ts'

/** Best metric of each seed. */
export interface VerdictSides {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

export interface SeedSummary {
  readonly seeds: number
  readonly mean: number
  readonly deviation: number
}

export type Verdict =
  | ({
      /** `noise`: the interval holds 0, the difference is within seed noise. */
      readonly kind: 'better' | 'worse' | 'noise'
      readonly a: SeedSummary
      readonly b: SeedSummary
      /** Seeds a side with which a difference of this size would show in four of five comparisons; for `noise` only. */
      readonly seedsToTell: number | undefined
    } & MeanDifference)
  | {
      readonly kind: 'more-seeds'
      readonly a: SeedSummary
      readonly b: SeedSummary
      readonly difference: number
      /** Further runs with other seeds. */
      readonly missing: { readonly a: number; readonly b: number }
    }
  | { readonly kind: 'nothing' }
  /** They are of one configuration: what differs is the noise itself. */
  | { readonly kind: 'seeds' }
  /** They were measured on different data. */
  | { readonly kind: 'incomparable' }

/** Two tell the size of the noise badly, three do. */
const seedsAdvised = 3
const mostSeeds = 100

/** @param sides values of which more is better: turn losses round before */
export function judge({ a, b }: VerdictSides): Verdict {
  if (a.length === 0 || b.length === 0) return { kind: 'nothing' }
  const sides = { a: summary(a), b: summary(b) }
  if (a.length < 2 || b.length < 2) {
    const missing = { a: Math.max(0, seedsAdvised - a.length), b: Math.max(0, seedsAdvised - b.length) }
    return { kind: 'more-seeds', ...sides, difference: mean(b) - mean(a), missing }
  }
  const interval = bootstrapDifference(a, b)
  const kind = interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'noise'
  const seedsToTell = kind === 'noise' ? seedsFor(interval.difference, sides.a, sides.b) : undefined
  return { kind, ...sides, ...interval, seedsToTell }
}

/** n = (z_0.975 + z_0.8)^2 (s_a^2 + s_b^2) / d^2; undefined where it would be more than anybody trains. */
function seedsFor(difference: number, a: SeedSummary, b: SeedSummary): number | undefined {
  const needed = Math.ceil((7.849 * (a.deviation ** 2 + b.deviation ** 2)) / difference ** 2)
  return Number.isFinite(needed) && needed <= mostSeeds ? Math.max(needed, Math.max(a.seeds, b.seeds) + 1) : undefined
}

function summary(values: readonly number[]): SeedSummary {
  return { seeds: values.length, mean: mean(values), deviation: standardDeviation(values) }
}
