/**
 * All series of one run. A snapshot from the store and the stream of new points are joined without a gap or a double: the stream is listened
 * to first, held back while the snapshot is on its way, and every series takes only steps beyond its last.
 */
import type { MetricPoint, MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import { CurveColumns } from './curve-columns.ts'

export class RunCurves {
  #series = new Map<string, CurveColumns>()
  #waiting: MetricPoint[] | null = []
  #smoothing = 0
  readonly #listeners = new Set<() => void>()

  /** An empty series until its first point comes. */
  series(split: MetricSplit, name: string): CurveColumns {
    const key = `${split}/${name}`
    const known = this.#series.get(key)
    if (known) return known
    const columns = new CurveColumns()
    columns.setSmoothing(this.#smoothing)
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
    for (const columns of this.#series.values()) columns.clear()
    for (const { split, name, steps, values } of snapshot) {
      const columns = this.series(split, name)
      steps.forEach((step, index) => columns.append(step, values[index] ?? Number.NaN))
    }
    const waiting = this.#waiting ?? []
    this.#waiting = null
    this.#take(waiting)
    this.#tell()
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
    for (const columns of this.#series.values()) columns.setSmoothing(weight)
    this.#tell()
  }

  #take(points: readonly MetricPoint[]): void {
    for (const { split, name, step, value } of points) this.series(split, name).append(step, value)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
