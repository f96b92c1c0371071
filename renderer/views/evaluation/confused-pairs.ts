/** The cells of a confusion matrix beside its diagonal, the fullest first. */

export interface ConfusedPair {
  readonly label: number
  readonly predicted: number
  readonly count: number
}

export function confusedPairs(confusion: readonly (readonly number[])[], most: number): readonly ConfusedPair[] {
  return confusion
    .flatMap((row, label) => row.map((count, predicted): ConfusedPair => ({ label, predicted, count })))
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted)
    .slice(0, most)
}
