/**
 * Metrics of runs. Points gather in memory and go to disk in one transaction at most every 250 ms: a process that is killed loses less
 * than a second. A batch that could not be written (locked database, full disk) is kept and tried again.
 */
import type { MetricPoint, MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import { blockSteps, chunkSteps, ExtremeBlocks } from './extreme-blocks.ts'
import type { SqlConnection } from './sql-connection.ts'
import {
  alignedBuckets,
  equalBuckets,
  logarithmicBuckets,
  SeriesThinner,
  type SeriesColumns,
  type SeriesPoint,
} from './thin-series.ts'

const flushIntervalMs = 250

/** Blocks of a million steps take a few megabytes; those of the series that were not asked for the longest go first. */
const mostSeriesInBlocks = 48

/** The first and the last step, both included. */
export type StepSpan = readonly [from: number, to: number]

export interface SpanOptions {
  readonly range: StepSpan
  /** Whether points lie as close as a logarithmic axis has room for them, the first ones the closest. */
  readonly isLog?: boolean | undefined
}

interface PendingBatch {
  readonly run: number
  readonly points: readonly MetricPoint[]
}

export class MetricTable {
  private readonly connection: SqlConnection
  private readonly insert: (series: number, step: number, value: number, at: number) => unknown
  private readonly seriesIds = new Map<string, number>()
  private readonly blocks = new Map<number, ExtremeBlocks>()
  /** By series, the first step behind the chunks that the database has. */
  private readonly chunkEnds = new Map<number, number>()
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
        const ends = new Map<number, number>()
        for (const { run, points } of batches) this.insertPoints(run, points, ends)
        for (const [series, end] of ends) this.keepChunks(series, end)
      })
    } catch (error) {
      this.seriesIds.clear() // ids made in the transaction that was rolled back
      this.chunkEnds.clear()
      this.blocks.clear()
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
  series(run: number, maxPoints = Number.POSITIVE_INFINITY, span?: SpanOptions): MetricSeries[] {
    this.flush()
    const { build } = this.connection
    const rows = this.connection.all(
      build.selectFrom('series').select(['id', 'split', 'name']).where('run_id', '=', run).orderBy('id'),
    )
    return rows.flatMap(({ id, split, name }) => {
      const series = span ? this.readRange(id, maxPoints, span) : this.readSeries(id, maxPoints)
      return series === undefined ? [] : [{ split, name, ...series }]
    })
  }

  /** Removes every point of a run after `step`: the run continues from there and will report those steps again. */
  rewind(run: number, step: number): void {
    this.flush()
    const { build } = this.connection
    const own = build.selectFrom('series').select('id').where('run_id', '=', run)
    this.connection.transaction(() => {
      this.connection.run(build.deleteFrom('metrics').where('series_id', 'in', own).where('step', '>', step))
      this.connection.run(
        build
          .deleteFrom('metric_chunks')
          .where('series_id', 'in', own)
          .where('chunk', '>=', Math.floor((step + 1) / chunkSteps)),
      )
    })
    this.chunkEnds.clear()
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

  /** @param ends takes the last step of each series that was written */
  private insertPoints(run: number, points: readonly MetricPoint[], ends: Map<number, number>): void {
    for (const point of points) {
      const series = this.seriesId(run, point.split, point.name)
      this.insert(series, point.step, point.value, point.at)
      ends.set(series, Math.max(point.step, ends.get(series) ?? 0))
      this.blocks.get(series)?.cut(point.step)
      if (point.step < this.chunkEnd(series)) this.cutChunks(series, point.step)
    }
  }

  /** Where a series grew beyond a whole chunk, its extremes go into the database. */
  private keepChunks(series: number, lastStep: number): void {
    const kept = this.chunkEnd(series)
    const end = Math.floor(lastStep / chunkSteps) * chunkSteps
    if (end <= kept) return
    const blocks = this.blocksOf(series, end)
    const { build } = this.connection
    for (let chunk = kept / chunkSteps; chunk < end / chunkSteps; chunk++) {
      const row = { series_id: series, chunk, extremes: blocks.chunk(chunk) }
      this.connection.run(build.insertInto('metric_chunks').values(row))
    }
    this.chunkEnds.set(series, end)
  }

  /** Of a series that an older studio wrote. A full disk is no reason not to show a chart. */
  private keepWhatWasRead(series: number, end: number): void {
    if (Math.floor(end / chunkSteps) * chunkSteps <= this.chunkEnd(series)) return
    try {
      this.connection.transaction(() => this.keepChunks(series, end))
    } catch {
      this.chunkEnds.delete(series)
    }
  }

  private chunkEnd(series: number): number {
    const known = this.chunkEnds.get(series)
    if (known !== undefined) return known
    const { build } = this.connection
    const last = this.connection.first(
      build
        .selectFrom('metric_chunks')
        .select(({ fn }) => fn.max<number | null>('chunk').as('chunk'))
        .where('series_id', '=', series),
    )?.chunk
    const end = last == null ? 0 : (last + 1) * chunkSteps
    this.chunkEnds.set(series, end)
    return end
  }

  /** A point was told again: the chunk that it is in is no longer true, and those behind it would not join up. */
  private cutChunks(series: number, step: number): void {
    const chunk = Math.floor(step / chunkSteps)
    const { build } = this.connection
    this.connection.run(build.deleteFrom('metric_chunks').where('series_id', '=', series).where('chunk', '>=', chunk))
    this.chunkEnds.set(series, chunk * chunkSteps)
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

  private readRange(
    id: number,
    maxPoints: number,
    { range: [from, to], isLog = false }: SpanOptions,
  ): SeriesColumns | undefined {
    const first = this.end(id, from, to, 'asc')
    const last = this.end(id, from, to, 'desc')
    if (first === undefined || last === undefined) return undefined
    if (!this.hasMore(id, first, last, maxPoints)) {
      const all = new SeriesThinner(first, last, null)
      for (const point of this.points(id, first, last)) all.add(point)
      return all.finish()
    }
    const { blocksFrom, of } = (isLog ? logarithmicBuckets : alignedBuckets)(first, last, maxPoints, blockSteps)
    const thinner = new SeriesThinner(first, last, of)
    // Whole blocks strictly between the ends, which stay whatever their values.
    const start = Math.max(blocksFrom, Math.ceil((first + 1) / blockSteps) * blockSteps)
    const end = Math.floor(last / blockSteps) * blockSteps
    if (start >= end) {
      for (const point of this.points(id, first, last)) thinner.add(point)
      return thinner.finish()
    }
    const blocks = this.blocksOf(id, end)
    this.keepWhatWasRead(id, end)
    for (const point of this.points(id, first, start - 1)) thinner.add(point)
    for (const point of blocks.between(start, end)) thinner.add(point)
    for (const point of this.points(id, end, last)) thinner.add(point)
    return thinner.finish()
  }

  /** The blocks of a series, at least up to `end`; what is missing is read once. */
  private blocksOf(id: number, end: number): ExtremeBlocks {
    const blocks = this.blocks.get(id) ?? new ExtremeBlocks()
    if (blocks.end < Math.min(end, this.chunkEnd(id))) this.readChunks(id, blocks)
    this.blocks.delete(id)
    this.blocks.set(id, blocks)
    const oldest = this.blocks.keys().next().value
    if (this.blocks.size > mostSeriesInBlocks && oldest !== undefined) this.blocks.delete(oldest)
    if (blocks.end < end) blocks.extend(this.points(id, blocks.end, end - 1), end)
    return blocks
  }

  private readChunks(id: number, blocks: ExtremeBlocks): void {
    // To its beginning, where reading had ended within a chunk.
    blocks.cut(Math.floor(blocks.end / chunkSteps) * chunkSteps)
    const { build } = this.connection
    const query = build
      .selectFrom('metric_chunks')
      .select(['extremes'])
      .where('series_id', '=', id)
      .where('chunk', '>=', blocks.end / chunkSteps)
      .orderBy('chunk')
    for (const { extremes } of this.connection.all(query)) blocks.takeChunk(extremes)
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
