/**
 * Metrics of runs. Points gather in memory and go to disk in one transaction at most every 250 ms: a process that is killed loses less
 * than a second. A batch that could not be written (locked database, full disk) is kept and tried again.
 */
import type { MetricPoint, MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import type { SqlConnection } from './sql-connection.ts'
import { SeriesThinner } from './thin-series.ts'

const flushIntervalMs = 250

interface PendingBatch {
  readonly run: number
  readonly points: readonly MetricPoint[]
}

export class MetricTable {
  private readonly connection: SqlConnection
  private readonly insert: (series: number, step: number, value: number, at: number) => unknown
  private readonly seriesIds = new Map<string, number>()
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

  /** All series of a run, each thinned to at most `maxPoints`; see thin-series.ts. */
  series(run: number, maxPoints = Number.POSITIVE_INFINITY): MetricSeries[] {
    this.flush()
    const { build } = this.connection
    const rows = this.connection.all(
      build.selectFrom('series').select(['id', 'split', 'name']).where('run_id', '=', run).orderBy('id'),
    )
    return rows.flatMap(({ id, split, name }) => {
      const series = this.readSeries(id, split, name, maxPoints)
      return series === undefined ? [] : [series]
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
      this.insert(this.seriesId(run, point.split, point.name), point.step, point.value, point.at)
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

  private readSeries(id: number, split: MetricSplit, name: string, maxPoints: number): MetricSeries | undefined {
    const { build } = this.connection
    const range = this.connection.first(
      build
        .selectFrom('metrics')
        .select(({ fn }) => [fn.min('step').as('first'), fn.max('step').as('last'), fn.countAll<number>().as('count')])
        .where('series_id', '=', id),
    )
    if (range === undefined || range.count === 0) return undefined
    const thinner = new SeriesThinner(range.first, range.last, range.count > maxPoints ? maxPoints : undefined)
    const points = build
      .selectFrom('metrics')
      .select(['step', 'value', 'at'])
      .where('series_id', '=', id)
      .orderBy('step')
    for (const point of this.connection.iterate(points)) thinner.add(point)
    return { split, name, ...thinner.finish() }
  }
}
