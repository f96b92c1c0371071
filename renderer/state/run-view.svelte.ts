/** One opened run: its record, its epochs and its curves, kept current while it trains and made whole again after a lost connection. */
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { RunDetail } from '../../experiments/runs/run-record.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { onRunChanged } from '../bridge/on-run-changed.ts'
import { RunCurves } from '../charts/run-curves.ts'
import type { Connection } from './connection.svelte.ts'
import { RangeRefinement, type StepsInSight } from './range-refinement.ts'

/** As many as a wide chart has columns of pixels: the store keeps the least and the greatest value of each bucket. */
const pointsPerSeries = 4000
/** Of a range that is zoomed to, of which the half is in sight. */
const finePoints = 5000
/** A range makes the store answer from its blocks where it has many points. */
const everything: [number, number] = [0, Number.MAX_SAFE_INTEGER]

const recentDispatches = 50

export class RunView {
  readonly id: number
  detail: RunDetail | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  readonly curves = new RunCurves()
  /** Whether any point has come; set once, so that streaming does not redraw the page. */
  hasPoints = $state.raw(false)
  /** Share of a step that was spent waiting for its batch, over the last dispatches; null before the first. */
  dataWait: number | null = $state.raw(null)
  readonly #bridge: Bridge
  readonly #leave: (() => void)[]
  readonly #refinement: RangeRefinement
  #loading = false
  #again = false

  constructor(id: number, bridge: Bridge, connection: Connection) {
    this.id = id
    this.#bridge = bridge
    this.#refinement = new RangeRefinement({
      // A series has at most one point a step: of so few the snapshot left out none.
      isWhole: () => this.curves.lastStep <= pointsPerSeries,
      ask: ({ steps: [from, to], isLog }) =>
        bridge.call('runs.metrics', { run: id, maxPoints: finePoints, range: [from, to], isLog }),
      take: (fine) => this.curves.refine(fine),
      drop: () => this.curves.unrefine(),
    })
    this.#leave = [
      bridge.on('run.metrics', ({ run, points }) => {
        if (run !== id) return
        this.curves.append(points)
        this.hasPoints ||= points.length > 0
        if (points.some(({ name }) => name === 'dataWait')) this.#readDataWait()
      }),
      onRunChanged(bridge, (summary) => {
        if (summary.id !== id) return
        const ended = this.detail?.status !== summary.status
        if (this.detail) this.detail = { ...this.detail, ...summary }
        if (ended) void this.#loadDetail()
      }),
      // Each epoch brings a checkpoint and a row of results.
      bridge.on('run.epoch', ({ run }) => {
        if (run === id) void this.#loadDetail()
      }),
      connection.onConnected(() => void this.#load()),
    ]
  }

  close(): void {
    for (const leave of this.#leave) leave()
  }

  /** After a change that no event of the run tells. */
  reload(): Promise<void> {
    return this.#loadDetail()
  }

  /** What of the curves is in sight: finer points come for it when the snapshot had to leave some out. Null is everything. */
  show(sight: StepsInSight | null): void {
    this.#refinement.show(sight)
  }

  async #load(): Promise<void> {
    this.#refinement.forget()
    this.curves.holdStream()
    await Promise.all([this.#loadDetail(), this.#loadCurves()])
  }

  async #loadCurves(): Promise<void> {
    try {
      const series = await this.#bridge.call('runs.metrics', {
        run: this.id,
        maxPoints: pointsPerSeries,
        range: everything,
      })
      this.curves.load(series)
      this.#refinement.renew()
      this.hasPoints = series.some(({ steps }) => steps.length > 0)
      this.#readDataWait()
    } catch (fault) {
      this.error = toErrorRecord(fault)
    }
  }

  #readDataWait(): void {
    // The first dispatch waits for the first batches, whatever comes after.
    const { values } = this.curves.series('train', 'dataWait')
    const recent = values.subarray(Math.max(values.length > 1 ? 1 : 0, values.length - recentDispatches))
    this.dataWait = recent.length === 0 ? null : recent.reduce((sum, share) => sum + share, 0) / recent.length
  }

  /** One question at a time; what changed meanwhile is asked for once more. */
  async #loadDetail(): Promise<void> {
    this.#again = this.#loading
    if (this.#loading) return
    this.#loading = true
    try {
      this.detail = await this.#bridge.call('runs.get', { run: this.id })
      this.error = undefined
    } catch (fault) {
      this.error = toErrorRecord(fault)
    } finally {
      this.#loading = false
    }
    if (this.#again) await this.#loadDetail()
  }
}
