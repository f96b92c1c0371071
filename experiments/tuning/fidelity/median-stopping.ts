/**
 * Stops a trial whose best loss so far is worse than the median of the others' running averages at the same epoch. Golovin et al.: Google
 * Vizier, KDD 2017, section 3.2.1.
 */

export interface MedianOptions {
  /** Epochs that every trial gets. */
  readonly graceEpochs: number
  /** Trials that must have come as far before anything is judged. */
  readonly minTrials: number
}

export interface MedianVerdict {
  readonly stops: boolean
  readonly best: number
  readonly median: number | null
  readonly others: number
}

/** @param curves losses by epoch from 1, of the other trials; `own` of the one that is judged */
export function judgeByMedian(
  own: readonly number[],
  curves: readonly (readonly number[])[],
  { graceEpochs, minTrials }: MedianOptions,
): MedianVerdict {
  const epoch = own.length
  const best = Math.min(...own.filter(Number.isFinite))
  const averages = curves
    .filter((curve) => curve.length >= epoch)
    .map((curve) => curve.slice(0, epoch).reduce((sum, loss) => sum + loss, 0) / epoch)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b)
  const middle = averages.length >> 1
  const median =
    averages.length === 0
      ? null
      : averages.length % 2 === 1
        ? (averages[middle] ?? null)
        : ((averages[middle - 1] ?? 0) + (averages[middle] ?? 0)) / 2
  const isJudged = epoch >= graceEpochs && averages.length >= minTrials && median !== null
  return { stops: isJudged && best > median, best, median, others: averages.length }
}
