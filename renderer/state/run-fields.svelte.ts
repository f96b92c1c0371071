/** Keeps the fields of all runs up to date while a view needs them. */
import type { FieldValue } from '../../experiments/review/run-fields.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { onRunChanged } from '../bridge/on-run-changed.ts'
import { RunFieldTable } from './run-field-table.ts'

const pageSize = 5000
/** Changes of runs are gathered this long: a training run changes four times a second. */
const gatherMs = 1000
/** With so many changed runs, all fields are asked for again. */
const manyRuns = 100

export class RunFields {
  /** Grows with every change. */
  version = $state.raw(0)
  loaded = $state.raw(false)
  readonly #table = new RunFieldTable()
  readonly #bridge: Bridge
  readonly #changed = new Set<number>()
  readonly #leave: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    const leave = [
      onRunChanged(bridge, ({ id }) => this.#note(id)),
      bridge.on('run.epoch', ({ run }) => this.#note(run)),
    ]
    this.#leave = () => leave.forEach((end) => end())
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#leave()
  }

  get names(): ReadonlySet<string> {
    return this.version >= 0 ? this.#table.names : new Set()
  }

  value(run: number, field: string): FieldValue {
    return this.reader(run, field)
  }

  /** As `value`, for those who ask for thousands: it hears of changes once and not with each value. */
  get reader(): (run: number, field: string) => FieldValue {
    const table = this.#table
    return this.version >= 0 ? (run, field) => table.value(run, field) : () => null
  }

  distinct(field: string): readonly string[] {
    return this.version >= 0 ? this.#table.distinct(field) : []
  }

  async load(): Promise<void> {
    let before: number | null = null
    do {
      const page: Awaited<ReturnType<typeof this.page>> = await this.page(before, pageSize)
      this.#table.take(page)
      before = page.next
    } while (before !== null)
    this.loaded = true
    this.version += 1
  }

  private page(before: number | null, limit: number) {
    return this.#bridge.call('review.rows', { limit, ...(before !== null && { before }) })
  }

  #note(run: number): void {
    this.#changed.add(run)
    this.#timer ??= setTimeout(() => void this.#refresh(), gatherMs)
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined
    const runs = [...this.#changed]
    this.#changed.clear()
    try {
      if (runs.length > manyRuns) return await this.load()
      for (const run of runs) {
        const page = await this.page(run + 1, 1)
        // The run itself is gone where the next one answers.
        if (page.ids[0] === run) this.#table.take(page)
      }
      this.version += 1
    } catch {
      // The connection is lost; with the next one all fields are loaded again.
    }
  }
}
