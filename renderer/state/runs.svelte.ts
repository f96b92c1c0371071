/** All runs, newest first, as the service tells them. */
import { untrack } from 'svelte'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { onRunChanged } from '../bridge/on-run-changed.ts'
import type { Connection } from './connection.svelte.ts'

const pageSize = 5000

export class RunList {
  #byId: ReadonlyMap<number, RunSummary> = $state.raw(new Map())
  loaded = $state.raw(false)
  readonly all: readonly RunSummary[] = $derived([...this.#byId.values()].sort((a, b) => b.id - a.id))
  readonly active: readonly RunSummary[] = $derived(this.all.filter(isActive))
  readonly #bridge: Bridge
  /** What came and went since the last frame: thousands of runs that are queued or taken back at once are one change. Null: gone. */
  #arrived = new Map<number, RunSummary | null>()

  constructor(bridge: Bridge, connection: Connection) {
    this.#bridge = bridge
    onRunChanged(bridge, (run) => this.#arrive(run.id, run))
    bridge.on('run.removed', ({ run }) => this.#arrive(run, null))
    connection.onConnected(() => void this.reload())
  }

  get(id: number): RunSummary | undefined {
    return this.#byId.get(id)
  }

  /** As `get`, for those who do not want to hear of changes. */
  peek(id: number): RunSummary | undefined {
    return untrack(() => this.#byId).get(id)
  }

  take(run: RunSummary): void {
    this.#arrived.delete(run.id)
    this.#byId = new Map(this.#byId).set(run.id, run)
  }

  async reload(): Promise<void> {
    const byId = new Map<number, RunSummary>()
    let before: number | null = null
    do {
      // One message for all runs would be too long where there are tens of thousands.
      const page: { runs: RunSummary[]; next: number | null } = await this.#bridge.call('runs.page', {
        limit: pageSize,
        ...(before !== null && { before }),
      })
      for (const run of page.runs) byId.set(run.id, run)
      before = page.next
    } while (before !== null)
    this.#byId = byId
    this.loaded = true
  }

  async start(spec: unknown): Promise<RunSummary> {
    const run = await this.#bridge.call('runs.start', { spec })
    this.take(run)
    return run
  }

  async stop(id: number): Promise<void> {
    this.take(await this.#bridge.call('runs.stop', { run: id }))
  }

  /** Can be undone with `restore`. */
  async delete(ids: readonly number[]): Promise<void> {
    await this.#bridge.call('runs.delete', { runs: [...ids] })
    this.#drop(ids)
  }

  async restore(ids: readonly number[]): Promise<void> {
    await this.#bridge.call('runs.restore', { runs: [...ids] })
    await this.reload()
  }

  #arrive(id: number, run: RunSummary | null): void {
    this.#arrived.set(id, run)
    if (this.#arrived.size > 1) return
    // Not a frame: a window that is hidden draws none.
    setTimeout(() => {
      if (this.#arrived.size === 0) return
      const byId = new Map(this.#byId)
      for (const [changed, now] of this.#arrived) {
        if (now === null) byId.delete(changed)
        else byId.set(changed, now)
      }
      this.#arrived.clear()
      this.#byId = byId
    }, 16)
  }

  #drop(ids: readonly number[]): void {
    for (const id of ids) this.#arrived.delete(id)
    const gone = new Set(ids)
    this.#byId = new Map([...this.#byId].filter(([id]) => !gone.has(id)))
  }
}

export function isActive({ status }: Pick<RunSummary, 'status'>): boolean {
  return status === 'running' || status === 'queued'
}

/** Share of all steps that are done, from 0 to 1. */
export function runShare({ progress, status }: Pick<RunSummary, 'progress' | 'status'>): number {
  if (status === 'finished') return 1
  return progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : 0
}
