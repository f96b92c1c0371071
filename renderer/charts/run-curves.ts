/**
 * All series of one run. A snapshot from the store and the stream of new points are joined without a gap or a double: the stream is listened
 * to first, held back while the snapshot is on its way, and every series takes only steps beyond its last. Where a chart is zoomed, finer
 * points take the place of those of the snapshot; the stream goes on behind them.
 */
import type { MetricPoint, MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import { CurveColumns } from './curve-columns.ts'
import { isSmoothed } from './smoothed-series.ts'

type Points = Pick<MetricSeries, 'steps' | 'values'> & Partial<Pick<MetricSeries, 'at'>>

export class RunCurves {
  #series = new Map<string, CurveColumns>()
  /** What the series with finer points were without them, with what has streamed in since. */
  #coarse = new Map<CurveColumns, { steps: number[]; values: number[] }>()
  #waiting: MetricPoint[] | null = []
  #smoothing = 0
  readonly #listeners = new Set<() => void>()

  /** An empty series until its first point comes. */
  series(split: MetricSplit, name: string): CurveColumns {
    const key = `${split}/${name}`
    const known = this.#series.get(key)
    if (known) return known
    const columns = new CurveColumns()
    columns.setSmoothing(isSmoothed(name) ? this.#smoothing : 0)
    this.#series.set(key, columns)
    return columns
  }

  /** Called after every change; the listener decides when to draw. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Before a snapshot is asked for: what streams in from now on waits for it. */
  holdStream(): void {
    this.#waiting = []
  }

  /** The snapshot: it replaces what was there. */
  load(snapshot: readonly MetricSeries[]): void {
    this.#coarse.clear()
    for (const columns of this.#series.values()) columns.clear()
    for (const { split, name, ...points } of snapshot) fill(this.series(split, name), points)
    const waiting = this.#waiting ?? []
    this.#waiting = null
    this.#take(waiting)
    this.#tell()
  }

  /**
   * Finer points of a range in place of the coarse ones there, and of finer ones of another range. While a snapshot is awaited they are out
   * of date: then false, and nothing happens.
   */
  refine(fine: readonly MetricSeries[]): boolean {
    if (this.#waiting) return false
    this.#dropFine()
    for (const { split, name, ...points } of fine) {
      const columns = this.series(split, name)
      const coarse = { steps: [...columns.steps], values: [...columns.values] }
      this.#coarse.set(columns, coarse)
      columns.clear()
      fill(columns, withFinePoints(coarse, points))
    }
    this.#tell()
    return true
  }

  /** Back to the points of the snapshot and of the stream. */
  unrefine(): void {
    if (this.#coarse.size === 0) return
    this.#dropFine()
    this.#tell()
  }

  /** The greatest step of any series; 0 before the first. */
  get lastStep(): number {
    return Math.max(0, ...[...this.#series.values()].map((columns) => columns.lastStep))
  }

  /** The least step of any series, which for a branch is behind its parent's; 1 before the first. */
  get firstStep(): number {
    const first = Math.min(...[...this.#series.values()].map(({ steps }) => steps[0] ?? Infinity))
    return Number.isFinite(first) ? first : 1
  }

  append(points: readonly MetricPoint[]): void {
    if (this.#waiting) {
      this.#waiting.push(...points)
      return
    }
    this.#take(points)
    this.#tell()
  }

  setSmoothing(weight: number): void {
    this.#smoothing = weight
    for (const [key, columns] of this.#series) if (isSmoothed(nameOf(key))) columns.setSmoothing(weight)
    this.#tell()
  }

  #take(points: readonly MetricPoint[]): void {
    for (const { split, name, step, value } of points) {
      const columns = this.series(split, name)
      if (!columns.append(step, value)) continue
      const coarse = this.#coarse.get(columns)
      coarse?.steps.push(step)
      coarse?.values.push(value)
    }
  }

  #dropFine(): void {
    for (const [columns, coarse] of this.#coarse) {
      columns.clear()
      fill(columns, coarse)
    }
    this.#coarse.clear()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}

function fill(columns: CurveColumns, { steps, values }: Points): void {
  steps.forEach((step, index) => columns.append(step, values[index] ?? Number.NaN))
}

/** Coarse points are some of all points, as fine ones are: between the first and the last fine one they have nothing to add. */
export function withFinePoints<P extends Points>(coarse: P, fine: Points): P {
  const [first, last] = [fine.steps[0], fine.steps.at(-1)]
  if (first === undefined || last === undefined) return coarse
  const before = coarse.steps.findIndex((step) => step >= first)
  const after = coarse.steps.findIndex((step) => step > last)
  const head = before === -1 ? coarse.steps.length : before
  const tail = after === -1 ? coarse.steps.length : after
  const join = (old: readonly number[], now: readonly number[]): number[] => [
    ...old.slice(0, head),
    ...now,
    ...old.slice(tail),
  ]
  return {
    ...coarse,
    steps: join(coarse.steps, fine.steps),
    values: join(coarse.values, fine.values),
    ...(coarse.at && fine.at && { at: join(coarse.at, fine.at) }),
  }
}
