/**
 * Thins a curve so that its drawing stays the same: the range of steps is cut into equal buckets and of each the point with the least
 * and the one with the greatest value are kept, in order; the very first and last point stay too.
 */

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
  private readonly buckets: number
  private bucket = -1
  private least: SeriesPoint | undefined
  private greatest: SeriesPoint | undefined

  /** `maxPoints` undefined keeps everything; it must be at least 2. */
  constructor(first: number, last: number, maxPoints: number | undefined) {
    this.first = first
    this.last = last
    this.buckets = maxPoints === undefined ? Number.POSITIVE_INFINITY : Math.floor((maxPoints - 2) / 2)
  }

  add(point: SeriesPoint): void {
    if (this.buckets === Number.POSITIVE_INFINITY || point.step === this.first || point.step === this.last) {
      this.endBucket()
      this.keep(point)
      return
    }
    if (this.buckets === 0) return
    const bucket = Math.floor(((point.step - this.first) / (this.last - this.first)) * this.buckets)
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
