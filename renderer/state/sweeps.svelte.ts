/** Sweeps as the service tells them: the list, and one of them whole with what follows from its numbers. */
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import { spaceOf, sweepAnswers } from '../../experiments/tuning/answers/sweep-answers.ts'
import type { SweepDetail, SweepSummary } from '../../experiments/tuning/sweep-record.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'

export class SweepList {
  #byId: ReadonlyMap<number, SweepSummary> = $state.raw(new Map())
  loaded = $state.raw(false)
  readonly all: readonly SweepSummary[] = $derived([...this.#byId.values()].sort((a, b) => b.id - a.id))
  readonly #bridge: Bridge

  constructor(bridge: Bridge, connection: Connection) {
    this.#bridge = bridge
    bridge.on('sweep.changed', (sweep) => this.take(sweep))
    bridge.on('sweep.removed', ({ sweep }) => {
      this.#byId = new Map([...this.#byId].filter(([id]) => id !== sweep))
    })
    connection.onConnected(() => void this.reload())
  }

  take(sweep: SweepSummary): void {
    this.#byId = new Map(this.#byId).set(sweep.id, sweep)
  }

  async reload(): Promise<void> {
    const sweeps = await this.#bridge.call('sweeps.list', {})
    this.#byId = new Map(sweeps.map((sweep) => [sweep.id, sweep]))
    this.loaded = true
  }
}

/** A sweep that is looked at. It is read again when it changes, one reading at a time: an epoch of one trial is not worth two. */
export class SweepView {
  detail: SweepDetail | undefined = $state.raw()
  error: ErrorRecord | undefined = $state.raw()
  readonly answers = $derived(this.detail && sweepAnswers(this.detail))
  readonly space = $derived(this.detail && spaceOf(this.detail))
  readonly #id: number
  readonly #bridge: Bridge
  readonly #leave: (() => void)[]
  #reading = false
  #stale = false
  #closed = false

  constructor(id: number, bridge: Bridge, connection: Connection) {
    this.#id = id
    this.#bridge = bridge
    this.#leave = [
      bridge.on('sweep.changed', (sweep) => {
        if (sweep.id === id) void this.#read()
      }),
      connection.onConnected(() => void this.#read()),
    ]
  }

  close(): void {
    this.#closed = true
    for (const leave of this.#leave) leave()
  }

  async #read(): Promise<void> {
    this.#stale = true
    if (this.#reading) return
    this.#reading = true
    while (this.#stale && !this.#closed) {
      this.#stale = false
      try {
        this.detail = await this.#bridge.call('sweeps.get', { sweep: this.#id })
        this.error = undefined
      } catch (fault) {
        this.error = toErrorRecord(fault)
      }
    }
    this.#reading = false
  }
}
