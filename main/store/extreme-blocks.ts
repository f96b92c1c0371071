/**
 * The point with the least and the one with the greatest value of every 32 steps of a series: the second level over the table of points. A
 * chart of a million steps is made of these; one of so few that a bucket is smaller than a block is read from the table. Whole chunks of
 * blocks are kept in the database, as bytes.
 */
import type { SeriesPoint } from './thin-series.ts'

export const blockSteps = 32

/** Steps of a chunk; a multiple of those of a block. */
export const chunkSteps = 1024 * blockSteps

export class ExtremeBlocks {
  private readonly least: SeriesPoint[] = []
  private readonly greatest: SeriesPoint[] = []
  private covered = 0

  /** The first step that is in no block yet; a multiple of the length of a block. */
  get end(): number {
    return this.covered
  }

  /** Takes all points from `end` to before `end` as it is to be, ascending. */
  extend(points: Iterable<SeriesPoint>, end: number): void {
    for (const point of points) {
      const at = this.least.length - 1
      const [least, greatest] = [this.least[at], this.greatest[at]]
      if (least === undefined || greatest === undefined || blockOf(least.step) !== blockOf(point.step)) {
        this.least.push(point)
        this.greatest.push(point)
        continue
      }
      if (point.value < least.value) this.least[at] = point
      if (point.value > greatest.value) this.greatest[at] = point
    }
    this.covered = end
  }

  /** The extremes of a chunk that lies before `end`, as `takeChunk` takes them. */
  chunk(index: number): Uint8Array {
    const points = [...this.between(index * chunkSteps, (index + 1) * chunkSteps)]
    const view = new DataView(new ArrayBuffer(24 * points.length))
    points.forEach(({ step, value, at }, i) =>
      [step, value, at].forEach((number, part) => view.setFloat64(24 * i + 8 * part, number, true)),
    )
    return new Uint8Array(view.buffer)
  }

  /** The chunk that begins at `end`. */
  takeChunk(extremes: Uint8Array): void {
    const view = new DataView(extremes.buffer, extremes.byteOffset, extremes.byteLength)
    const points = Array.from({ length: Math.floor(extremes.byteLength / 24) }, (_, i): SeriesPoint => {
      const [step, value, at] = [0, 8, 16].map((part) => view.getFloat64(24 * i + part, true)) as [
        number,
        number,
        number,
      ]
      return { step, value, at }
    })
    this.extend(points, this.covered + chunkSteps)
  }

  /** Forgets the block of `step` and all behind it. */
  cut(step: number): void {
    if (step >= this.covered) return
    const kept = this.indexOf(blockOf(step) * blockSteps)
    this.least.length = kept
    this.greatest.length = kept
    this.covered = Math.max(0, blockOf(step) * blockSteps)
  }

  /** What is kept of the whole blocks from one step to before another, both multiples of the length of a block; ascending. */
  *between(from: number, end: number): Generator<SeriesPoint> {
    for (let index = this.indexOf(from); index < this.least.length; index++) {
      const [least, greatest] = [this.least[index], this.greatest[index]]
      if (least === undefined || greatest === undefined || least.step >= end) return
      yield least.step <= greatest.step ? least : greatest
      if (least !== greatest) yield least.step <= greatest.step ? greatest : least
    }
  }

  /** Of the first block that begins at `step` or later. */
  private indexOf(step: number): number {
    let low = 0
    let high = this.least.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.least[middle]?.step ?? Infinity) < step) low = middle + 1
      else high = middle
    }
    return low
  }
}

function blockOf(step: number): number {
  return Math.floor(step / blockSteps)
}
