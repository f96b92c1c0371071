/**
 * Which trials a model of the losses may learn from when they trained for different lengths. Short trainings can mislead: what is best after an
 * epoch need not be best at the end. So only trials of the longest length that enough of them reached are compared, as in Falkner et al.:
 * BOHB, ICML 2018, and the model moves on to longer ones as they come. Trials that failed, or were stopped for being behind, stay: whatever
 * their length, they are bad.
 */
import type { SearchSpace } from '../space/search-space.ts'
import { hasLosses } from './rank-observations.ts'
import type { Observation } from './searcher.ts'

export interface ComparableObservations {
  readonly observations: readonly Observation[]
  /** Whether all that is compared trained its full length, so that the model speaks of what is wanted. */
  readonly isWhole: boolean
}

/** A density over d axes takes d + 1 points (BOHB); three times as many tell good from bad. */
const pointsPerAxis = 3

export function comparableObservations(space: SearchSpace, history: readonly Observation[]): ComparableObservations {
  const measured = history.filter((trial) => hasLosses(trial) && !isBadAnyway(trial))
  const lengths = measured.map(lengthOf).toSorted((a, b) => b - a)
  const needed = pointsPerAxis * (space.axes.length + 1)
  const length = lengths[Math.min(needed, lengths.length) - 1] ?? Number.POSITIVE_INFINITY
  return {
    observations: history.filter((trial) => isBadAnyway(trial) || (hasLosses(trial) && lengthOf(trial) >= length)),
    isWhole: length === Number.POSITIVE_INFINITY,
  }
}

function isBadAnyway({ state }: Observation): boolean {
  return state === 'failed' || state === 'stopped'
}

function lengthOf({ state, resource }: Observation): number {
  return state === 'complete' ? Number.POSITIVE_INFINITY : resource
}
