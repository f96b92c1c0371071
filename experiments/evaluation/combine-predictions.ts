/**
 * Ensembles: several predictions of the same examples become one. `average` is the mean of the probabilities; `vote` counts each member's
 * first choice, and a tie goes to the class that the members together find more probable; `greedy` is the average with weights found by
 * forward selection with replacement (Caruana et al., Ensemble Selection from Libraries of Models, ICML 2004).
 */
import { predictedClasses, type PredictionSet } from './prediction-set.ts'

export type Combination = 'average' | 'vote' | 'greedy'

export interface CombinedPredictions {
  readonly predictions: PredictionSet
  /** Share of each member, summing to 1. For `greedy` those that fit all examples; see `combineGreedily`. */
  readonly weights: readonly number[]
}

/** @param members predictions of the same examples and classes; at least one */
export function combinePredictions(
  members: readonly PredictionSet[],
  combination: Combination,
  labels: ArrayLike<number>,
): CombinedPredictions {
  const equal = members.map(() => 1 / members.length)
  switch (combination) {
    case 'average':
      return { predictions: weightedAverage(members, equal), weights: equal }
    case 'vote':
      return { predictions: vote(members), weights: equal }
    case 'greedy':
      return combineGreedily(members, labels)
  }
}

export function weightedAverage(members: readonly PredictionSet[], weights: readonly number[]): PredictionSet {
  const { classes, probabilities } = firstOf(members)
  const sums = new Float64Array(probabilities.length)
  members.forEach((member, m) => {
    const weight = weights[m] as number
    if (weight === 0) return
    for (let i = 0; i < sums.length; i++) sums[i]! += weight * (member.probabilities[i] as number)
  })
  return { classes, probabilities: Float32Array.from(sums) }
}

/** The probability of a class is its share of the votes; a trace of the mean probability breaks ties. */
function vote(members: readonly PredictionSet[]): PredictionSet {
  const mean = weightedAverage(
    members,
    members.map(() => 1 / members.length),
  )
  const { classes } = mean
  const trace = 1e-3 / members.length
  const shares = mean.probabilities.map((probability) => probability * trace)
  const votes = (1 - trace) / members.length
  for (const member of members) {
    predictedClasses(member).forEach((choice, example) => {
      shares[example * classes + choice]! += votes
    })
  }
  return { classes, probabilities: shares }
}

/** How often the selection may add a member: weights are multiples of 1/20. */
const greedyRounds = 20

/**
 * Weights that were chosen by the labels of some examples look too good on those. So the examples are dealt into two halves, and each is
 * predicted with the weights that fit the other one. The weights that are returned fit all.
 */
function combineGreedily(members: readonly PredictionSet[], labels: ArrayLike<number>): CombinedPredictions {
  const { classes, probabilities } = firstOf(members)
  const count = probabilities.length / classes
  const half = (parity: number): number[] =>
    Array.from({ length: count }, (_, example) => example).filter((example) => example % 2 === parity)
  const halves = [half(0), half(1)] as const
  const result = new Float32Array(probabilities.length)
  for (const [own, other] of [halves, halves.toReversed() as [number[], number[]]] as const) {
    if (own.length === 0) continue
    const fitting = other.length === 0 ? own : other
    const combined = weightedAverage(members, greedyWeights(members, labels, fitting)).probabilities
    for (const example of own) {
      const row = example * classes
      result.set(combined.subarray(row, row + classes), row)
    }
  }
  const weights = greedyWeights(members, labels, [...halves[0], ...halves[1]])
  return { predictions: { classes, probabilities: result }, weights }
}

/** Adds, round by round, the member that makes the mean loss smallest; the best of all rounds counts. */
export function greedyWeights(
  members: readonly PredictionSet[],
  labels: ArrayLike<number>,
  examples: readonly number[],
): readonly number[] {
  // Only the probability of the right class decides the loss.
  const right = members.map(({ classes, probabilities }) =>
    Float64Array.from(examples, (example) => probabilities[example * classes + (labels[example] as number)] as number),
  )
  const sums = new Float64Array(examples.length)
  const counts = members.map(() => 0)
  let best = { loss: Number.POSITIVE_INFINITY, counts: [...counts] }
  for (let round = 1; round <= greedyRounds; round++) {
    const losses = right.map((column) => meanLoss(sums, column, round))
    const chosen = losses.indexOf(Math.min(...losses))
    counts[chosen]! += 1
    const column = right[chosen] as Float64Array
    for (let i = 0; i < sums.length; i++) sums[i]! += column[i] as number
    const loss = losses[chosen] as number
    if (loss < best.loss) best = { loss, counts: [...counts] }
  }
  const total = best.counts.reduce((sum, count) => sum + count, 0)
  return best.counts.map((count) => count / Math.max(total, 1))
}

/** Smallest probability that a loss is taken of: float32 rounds what is below to 0. */
export const leastProbability = 1e-12

function meanLoss(sums: Float64Array, added: Float64Array, count: number): number {
  let loss = 0
  for (let i = 0; i < sums.length; i++) {
    loss -= Math.log(Math.max(((sums[i] as number) + (added[i] as number)) / count, leastProbability))
  }
  return loss / Math.max(sums.length, 1)
}

function firstOf(members: readonly PredictionSet[]): PredictionSet {
  const [first] = members
  if (!first) throw new Error('an ensemble needs at least one member')
  return first
}
