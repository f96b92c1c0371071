/** The epochs at which trials are compared: from `minEpochs` in powers of `reduction` up to the full length. */

export interface RungOptions {
  readonly minEpochs: number
  readonly maxEpochs: number
  /** One in so many goes on. */
  readonly reduction: number
}

/** Ascending; the last one is the full length. */
export function rungEpochs({ minEpochs, maxEpochs, reduction }: RungOptions): readonly number[] {
  const rungs: number[] = []
  for (let epochs = minEpochs; epochs < maxEpochs; epochs *= reduction) rungs.push(Math.round(epochs))
  return [...rungs, maxEpochs]
}
