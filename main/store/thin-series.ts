/**
 * Thins a curve so that its drawing stays the same: the range of steps is cut into equal buckets and of each the point with the least
 * and the one with the greatest value are kept, in order; the very first and last point stay too.
 */

/** Which bucket a step is in; null keeps every point. */
export type Buckets = ((step: number) => number) | null

/** Buckets that divide the steps from `first` to `last` and keep at most `maxPoints`, which must be at least 2. */
export function equalBuckets(first: number, last: number, maxPoints: number): Buckets {
  const buckets = Math.floor((maxPoints - 2) / 2)
  return (step) => (buckets === 0 ? Number.NaN : Math.floor(((step - first) / (last - first)) * buckets))
}

/** Buckets that are made of whole blocks of steps from `blocksFrom` on. */
export interface BlockBuckets {
  readonly blocksFrom: number
  readonly of: Buckets
}

/** As `equalBuckets`, but they begin at multiples of their width, and wide ones are made of whole blocks. */
export function alignedBuckets(first: number, last: number, maxPoints: number, block: number): BlockBuckets {
  const buckets = Math.floor((maxPoints - 2) / 2)
  // A range that begins within a bucket touches one more.
  const least = buckets < 2 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((last - first) / (buckets - 1)))
  const width = least < block ? least : Math.ceil(least / block) * block
  return {
    blocksFrom: width < block ? Number.POSITIVE_INFINITY : 0,
    of: (step) => (buckets === 0 ? Number.NaN : Math.floor(step / width)),
  }
}

/**
 * Buckets of one width on a logarithmic axis, as its columns of pixels are: at first of single steps, at last of many blocks. 0 has no place on
 * such an axis and shares the bucket of 1.
 */
export function logarithmicBuckets(first: number, last: number, maxPoints: number, block: number): BlockBuckets {
  const buckets = Math.floor((maxPoints - 2) / 2)
  const start = Math.max(1, first)
  const perBucket = Math.log(Math.max(start + 1, last) / start) / Math.max(1, buckets)
  const blocksFrom = Math.ceil(1 / Math.expm1(perBucket)) * block
  return {
    blocksFrom,
    of: (step) => {
      if (buckets === 0) return Number.NaN
      const begin = step < blocksFrom ? step : Math.floor(step / block) * block
      return Math.min(buckets - 1, Math.floor(Math.log(Math.max(start, begin) / start) / perBucket))
    },
  }
}

export interface SeriesPoint {
  readonly step: number
  readonly value: number
  readonly at: number
}

export interface SeriesColumns {
  readonly steps: number[]
  readonly values: number[]
  readonly at: number[]
}

/** Takes points in ascending order of step. */
export class SeriesThinner {
  private readonly columns: SeriesColumns = { steps: [], values: [], at: [] }
  private readonly first: number
  private readonly last: number
  private readonly bucketOf: Buckets
  private bucket = -1
  private least: SeriesPoint | undefined
  private greatest: SeriesPoint | undefined

  /** A bucket that is no number keeps nothing. */
  constructor(first: number, last: number, bucketOf: Buckets) {
    this.first = first
    this.last = last
    this.bucketOf = bucketOf
  }

  add(point: SeriesPoint): void {
    if (this.bucketOf === null || point.step === this.first || point.step === this.last) {
      this.endBucket()
      this.keep(point)
      return
    }
    const bucket = this.bucketOf(point.step)
    if (Number.isNaN(bucket)) return
    if (bucket !== this.bucket) {
      this.endBucket()
      this.bucket = bucket
    }
    if (this.least === undefined || point.value < this.least.value) this.least = point
    if (this.greatest === undefined || point.value > this.greatest.value) this.greatest = point
  }

  finish(): SeriesColumns {
    this.endBucket()
    return this.columns
  }

  private endBucket(): void {
    const { least, greatest } = this
    if (least === undefined || greatest === undefined) return
    this.least = undefined
    this.greatest = undefined
    const [earlier, later] = least.step <= greatest.step ? [least, greatest] : [greatest, least]
    this.keep(earlier)
    if (later !== earlier) this.keep(later)
  }

  private keep(point: SeriesPoint): void {
    this.columns.steps.push(point.step)
    this.columns.values.push(point.value)
    this.columns.at.push(point.at)
  }
}
