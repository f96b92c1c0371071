/**
 * Metrics of runs. Points gather in memory and go to disk in one transaction at most every 250 ms: a process that is killed loses less
 * than a second. A batch that could not be written (locked database, full disk) is kept and tried again.
 */
import type { MetricPoint, MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import { blockSteps, ExtremeBlocks } from './extreme-blocks.ts'
import type { SqlConnection } from './sql-connection.ts'
import { alignedBuckets, equalBuckets, SeriesThinner, type SeriesColumns, type SeriesPoint } from './thin-series.ts'

const flushIntervalMs = 250

/** Blocks of a million steps take a few megabytes; those of the series that were not asked for the longest go first. */
const mostSeriesInBlocks = 48

/** The first and the last step, both included. */
export type StepSpan = readonly [from: number, to: number]

interface PendingBatch {
  readonly run: number
  readonly points: readonly MetricPoint[]
}

export class MetricTable {
  private readonly connection: SqlConnection
  private readonly insert: (series: number, step: number, value: number, at: number) => unknown
  private readonly seriesIds = new Map<string, number>()
  private readonly blocks = new Map<number, ExtremeBlocks>()
  private pending: PendingBatch[] = []
  private timer: NodeJS.Timeout | undefined
  private lastFailure: unknown

  constructor(connection: SqlConnection) {
    this.connection = connection
    this.insert = connection.statement<[number, number, number, number]>(
      `INSERT INTO metrics (series_id, step, value, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (series_id, step) DO UPDATE SET value = excluded.value, at = excluded.at`,
    )
  }

  /** Takes points for the next batch. */
  append(run: number, points: readonly MetricPoint[]): void {
    if (points.length === 0) return
    this.pending.push({ run, points })
    this.timer ??= setTimeout(() => this.flushOnTimer(), flushIntervalMs)
  }

  /** Writes what is pending now; on failure it stays pending and the failure is thrown. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.pending.length === 0) return
    const batches = this.pending
    try {
      this.connection.transaction(() => {
        for (const { run, points } of batches) this.insertPoints(run, points)
      })
    } catch (error) {
      this.seriesIds.clear() // ids made in the transaction that was rolled back
      throw error
    }
    this.pending = []
    this.lastFailure = undefined
  }

  /** Why the last batch is still waiting, if it is. */
  failure(): unknown {
    return this.lastFailure
  }

  /**
   * All series of a run, each thinned to at most `maxPoints`; see thin-series.ts. With a `range`, which may be everything, only what lies in
   * it is read, or the extremes of its blocks: that is the way for charts.
   */
  series(run: number, maxPoints = Number.POSITIVE_INFINITY, range?: StepSpan): MetricSeries[] {
    this.flush()
    const { build } = this.connection
    const rows = this.connection.all(
      build.selectFrom('series').select(['id', 'split', 'name']).where('run_id', '=', run).orderBy('id'),
    )
    return rows.flatMap(({ id, split, name }) => {
      const series = range ? this.readRange(id, maxPoints, range) : this.readSeries(id, maxPoints)
      return series === undefined ? [] : [{ split, name, ...series }]
    })
  }

  /** Removes every point of a run after `step`: the run continues from there and will report those steps again. */
  rewind(run: number, step: number): void {
    this.flush()
    const { build } = this.connection
    this.connection.run(
      build
        .deleteFrom('metrics')
        .where('series_id', 'in', build.selectFrom('series').select('id').where('run_id', '=', run))
        .where('step', '>', step),
    )
    this.blocks.clear()
  }

  private flushOnTimer(): void {
    this.timer = undefined
    try {
      this.flush()
    } catch (error) {
      this.lastFailure = error
      this.timer = setTimeout(() => this.flushOnTimer(), 4 * flushIntervalMs)
    }
  }

  private insertPoints(run: number, points: readonly MetricPoint[]): void {
    for (const point of points) {
      const series = this.seriesId(run, point.split, point.name)
      this.insert(series, point.step, point.value, point.at)
      this.blocks.get(series)?.cut(point.step)
    }
  }

  private seriesId(run: number, split: MetricSplit, name: string): number {
    const key = `${run} ${split} ${name}`
    const known = this.seriesIds.get(key)
    if (known !== undefined) return known
    const { build } = this.connection
    this.connection.run(
      build
        .insertInto('series')
        .values({ run_id: run, split, name })
        .onConflict((conflict) => conflict.doNothing()),
    )
    const row = this.connection.first(
      build
        .selectFrom('series')
        .select('id')
        .where('run_id', '=', run)
        .where('split', '=', split)
        .where('name', '=', name),
    )
    if (row === undefined) throw new Error(`series ${key} was not created`)
    this.seriesIds.set(key, row.id)
    return row.id
  }

  private readSeries(id: number, maxPoints: number): SeriesColumns | undefined {
    const { build } = this.connection
    const range = this.connection.first(
      build
        .selectFrom('metrics')
        .select(({ fn }) => [fn.min('step').as('first'), fn.max('step').as('last'), fn.countAll<number>().as('count')])
        .where('series_id', '=', id),
    )
    if (range === undefined || range.count === 0) return undefined
    const { first, last, count } = range
    const thinner = new SeriesThinner(first, last, count > maxPoints ? equalBuckets(first, last, maxPoints) : null)
    for (const point of this.points(id, first, last)) thinner.add(point)
    return thinner.finish()
  }

  private readRange(id: number, maxPoints: number, [from, to]: StepSpan): SeriesColumns | undefined {
    const first = this.end(id, from, to, 'asc')
    const last = this.end(id, from, to, 'desc')
    if (first === undefined || last === undefined) return undefined
    if (!this.hasMore(id, first, last, maxPoints)) {
      const all = new SeriesThinner(first, last, null)
      for (const point of this.points(id, first, last)) all.add(point)
      return all.finish()
    }
    const { width, of } = alignedBuckets(first, last, maxPoints, blockSteps)
    const thinner = new SeriesThinner(first, last, of)
    // Whole blocks strictly between the ends, which stay whatever their values.
    const start = Math.ceil((first + 1) / blockSteps) * blockSteps
    const end = Math.floor(last / blockSteps) * blockSteps
    if (width < blockSteps || start >= end) {
      for (const point of this.points(id, first, last)) thinner.add(point)
      return thinner.finish()
    }
    const blocks = this.blocksOf(id, end)
    for (const point of this.points(id, first, start - 1)) thinner.add(point)
    for (const point of blocks.between(start, end)) thinner.add(point)
    for (const point of this.points(id, end, last)) thinner.add(point)
    return thinner.finish()
  }

  /** The blocks of a series, at least up to `end`; what is missing is read once. */
  private blocksOf(id: number, end: number): ExtremeBlocks {
    const blocks = this.blocks.get(id) ?? new ExtremeBlocks()
    this.blocks.delete(id)
    this.blocks.set(id, blocks)
    const oldest = this.blocks.keys().next().value
    if (this.blocks.size > mostSeriesInBlocks && oldest !== undefined) this.blocks.delete(oldest)
    if (blocks.end < end) blocks.extend(this.points(id, blocks.end, end - 1), end)
    return blocks
  }

  private end(id: number, from: number, to: number, direction: 'asc' | 'desc'): number | undefined {
    return this.connection.first(this.between(id, from, to).select('step').orderBy('step', direction).limit(1))?.step
  }

  /** Whether there are more than `limit` points; a series has at most one a step, and counting ends at the limit. */
  private hasMore(id: number, first: number, last: number, limit: number): boolean {
    if (last - first < limit) return false
    const beyond = this.between(id, first, last).select('step').orderBy('step').limit(1).offset(limit)
    return this.connection.first(beyond) !== undefined
  }

  private points(id: number, from: number, to: number): Iterable<SeriesPoint> {
    return this.connection.iterate(this.between(id, from, to).select(['step', 'value', 'at']).orderBy('step'))
  }

  private between(id: number, from: number, to: number) {
    const { build } = this.connection
    return build.selectFrom('metrics').where('series_id', '=', id).where('step', '>=', from).where('step', '<=', to)
  }
}
