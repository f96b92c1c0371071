/**
 * What one network, or several together, say of a set of examples: a probability for each class. Everything in an evaluation is counted
 * from this and the labels.
 */

export interface PredictionSet {
  readonly classes: number
  /** [examples, classes], row-major; each row sums to 1. */
  readonly probabilities: Float32Array
}

export function exampleCount({ classes, probabilities }: PredictionSet): number {
  return probabilities.length / classes
}

/** The most probable class of each example; the first of equals. */
export function predictedClasses({ classes, probabilities }: PredictionSet): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, example) => {
    let best = 0
    const row = example * classes
    for (let i = 1; i < classes; i++) {
      if ((probabilities[row + i] as number) > (probabilities[row + best] as number)) best = i
    }
    return best
  })
}

/** Scores to probabilities, row by row: e^x / sum of e^x, after taking the largest score away so that nothing overflows. */
export function softmaxRows(scores: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(scores.length)
  for (let row = 0; row < scores.length; row += classes) {
    let largest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < classes; i++) largest = Math.max(largest, scores[row + i] as number)
    let sum = 0
    for (let i = 0; i < classes; i++) sum += Math.exp((scores[row + i] as number) - largest)
    for (let i = 0; i < classes; i++) result[row + i] = Math.exp((scores[row + i] as number) - largest) / sum
  }
  return result
}
