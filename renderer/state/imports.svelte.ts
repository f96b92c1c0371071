/** Imports of images: what was chosen and waits for its options, what runs, and what could go on. */
import type { ChosenSource } from '../../app/ipc/desktop-contract.ts'
import type { WindowInput, WindowOutput } from '../../app/ipc/window-bridge.ts'
import type { DatasetProgress } from '../../experiments/data/dataset-record.ts'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'
import type { DatasetList } from './datasets.svelte.ts'

export type ImportOptions = Omit<WindowInput<'desktop.importImages'>, 'ticket'>
export type ImportEntry = WindowOutput<'data.imports'>[number] & {
  /** Whether it can go on; one that failed before it began cannot. */
  readonly canResume: boolean
}

export class ImportList {
  /** Waits for its options in a dialog. */
  chosen: ChosenSource | null = $state.raw(null)
  #unfinished: WindowOutput<'data.imports'> = $state.raw([])
  /** Of attempts of this window, by name. */
  #failures: ReadonlyMap<string, { readonly source: string; readonly error: ErrorRecord }> = $state.raw(new Map())
  readonly #bridge: Bridge
  readonly #datasets: DatasetList

  constructor(bridge: Bridge, connection: Connection, datasets: DatasetList) {
    this.#bridge = bridge
    this.#datasets = datasets
    bridge.on('data.progress', (progress) => this.#take(progress))
    connection.onConnected(() => void this.reload())
  }

  readonly all: readonly ImportEntry[] = $derived.by(() => {
    const known = this.#unfinished.map((one) => ({
      ...one,
      error: one.error ?? this.#failures.get(one.name)?.error ?? null,
      canResume: true,
    }))
    const failed = [...this.#failures]
      .filter(([name]) => !this.#unfinished.some((one) => one.name === name))
      .map(([name, { source, error }]) => ({
        ...{ name, source, done: 0, total: null, active: false, error, canResume: false },
      }))
    return [...known, ...failed]
  })

  get(name: string): ImportEntry | undefined {
    return this.all.find((one) => one.name === name)
  }

  async reload(): Promise<void> {
    this.#unfinished = await this.#bridge.call('data.imports', {})
  }

  /** Opens the dialog of the system, then that of the options. */
  async choose(kind: 'folder' | 'file'): Promise<void> {
    this.offer(await this.#bridge.call('desktop.chooseImages', { kind }))
  }

  /** For what was dropped on the window. @throws StudioError when it is nothing that can be imported */
  async takeDrop(file: File): Promise<ChosenSource> {
    const reply = await window.strata.takeDrop(file)
    if (!reply.ok) throw new StudioError(reply.error.code as ErrorCode, reply.error.message, reply.error.details)
    return reply.value as ChosenSource
  }

  /** Opens the dialog of the options. */
  offer(source: ChosenSource | null): void {
    if (source) this.chosen = source
  }

  async begin(source: ChosenSource, options: ImportOptions): Promise<void> {
    await this.#run(options.name, source.name, () =>
      this.#bridge.call('desktop.importImages', { ...options, ticket: source.ticket }),
    )
  }

  async resume(name: string): Promise<void> {
    const source = this.get(name)?.source ?? ''
    await this.#run(name, source, () => this.#bridge.call('data.resumeImport', { name }))
  }

  async cancel(name: string): Promise<void> {
    await this.#bridge.call('data.cancelImport', { name })
  }

  async discard(name: string): Promise<void> {
    const canResume = this.get(name)?.canResume
    this.#forget(name)
    if (canResume) await this.#bridge.call('data.discardImport', { name })
    await this.reload()
  }

  async #run(name: string, source: string, work: () => Promise<unknown>): Promise<void> {
    this.#forget(name)
    const entry = { name, source, done: 0, total: null, active: true, error: null }
    this.#unfinished = [...this.#unfinished.filter((one) => one.name !== name), entry]
    try {
      await work()
      await this.#datasets.reload()
    } catch (fault) {
      this.#failures = new Map(this.#failures).set(name, { source, error: toErrorRecord(fault) })
    } finally {
      await this.reload().catch(() => undefined)
    }
  }

  #forget(name: string): void {
    const failures = new Map(this.#failures)
    failures.delete(name)
    this.#failures = failures
  }

  #take({ name, stage, done, total }: DatasetProgress): void {
    if (stage !== 'preparing') {
      if (this.#unfinished.some((one) => one.name === name)) void this.reload()
      return
    }
    if (!this.#unfinished.some((one) => one.name === name)) void this.reload()
    this.#unfinished = this.#unfinished.map((one) =>
      one.name === name ? { ...one, active: true, done, total: total ?? one.total } : one,
    )
  }
}
