/** The datasets the service knows, what is being fetched, and example images, loaded once a dataset. */
import type { DatasetProgress, DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { ChosenSource } from '../../app/ipc/desktop-contract.ts'
import type { WindowInput, WindowOutput } from '../../app/ipc/window-bridge.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'
import type { PreferenceState } from './preferences.svelte.ts'

export type DatasetSamples = WindowOutput<'data.samples'>

/** To give an impression; the Data view asks for those of each class. */
const samplesPerDataset = 24

export class DatasetList {
  all: readonly DatasetRecord[] = $state.raw([])
  loaded = $state.raw(false)
  #progress: ReadonlyMap<string, DatasetProgress> = $state.raw(new Map())
  #samples: ReadonlyMap<string, DatasetSamples> = $state.raw(new Map())
  #failures: ReadonlyMap<string, ErrorRecord> = $state.raw(new Map())
  readonly #asked = new Set<string>()
  readonly #bridge: Bridge
  readonly #preferences: PreferenceState

  constructor(bridge: Bridge, connection: Connection, preferences: PreferenceState) {
    this.#bridge = bridge
    this.#preferences = preferences
    bridge.on('data.progress', (progress) => this.#takeProgress(progress))
    connection.onConnected(() => void this.reload())
  }

  get(name: string): DatasetRecord | undefined {
    return this.all.find((dataset) => dataset.name === name)
  }

  isReady(name: string): boolean {
    return this.get(name)?.problem === null
  }

  progress(name: string): DatasetProgress | undefined {
    return this.#progress.get(name)
  }

  samples(name: string): DatasetSamples | undefined {
    return this.#samples.get(name)
  }

  /** Why the last download of this dataset or its samples failed. */
  failure(name: string): ErrorRecord | undefined {
    return this.#failures.get(name)
  }

  async reload(): Promise<void> {
    this.all = await this.#bridge.call('data.list', {})
    this.loaded = true
  }

  /** From the published addresses, or the mirror of the preferences. */
  async download(name: string): Promise<void> {
    const mirror = this.#preferences.current.datasetMirror
    await this.#bring(name, () => this.#bridge.call('data.download', { name, ...(mirror !== '' && { mirror }) }))
  }

  /** Asks for a file that was fetched elsewhere, and takes it. */
  async chooseFile(name: string): Promise<void> {
    const source = await this.#bridge.call('desktop.chooseImages', { kind: 'any-file' })
    if (source) await this.takeFile(name, source)
  }

  async takeFile(name: string, { ticket }: ChosenSource): Promise<void> {
    await this.#bring(name, () => this.#bridge.call('desktop.takeDatasetFiles', { name, ticket }))
  }

  /** The missing dataset that `fileName` alone makes whole, as it is published. */
  madeWholeBy(fileName: string): DatasetRecord | undefined {
    return this.all.find(
      ({ problem, download }) => problem !== null && download?.files.length === 1 && download.files[0] === fileName,
    )
  }

  async cancel(name: string): Promise<void> {
    await this.#bridge.call('data.cancelDownload', { name })
  }

  /** Forgets what a stopped download has received. */
  async discard(name: string): Promise<void> {
    await this.#bridge.call('data.discardDownload', { name })
    this.#failures = without(this.#failures, name)
    await this.reload()
  }

  async #bring(name: string, work: () => Promise<DatasetRecord>): Promise<void> {
    this.#failures = without(this.#failures, name)
    this.#takeProgress({ name, stage: 'downloading', done: 0, total: null, error: null })
    try {
      const record = await work()
      this.all = this.all.map((dataset) => (dataset.name === name ? record : dataset))
      this.#asked.delete(name)
    } catch (fault) {
      this.#noteFailure(name, toErrorRecord(fault))
    } finally {
      this.#progress = without(this.#progress, name)
    }
  }

  /** Who stopped it knows why. */
  #noteFailure(name: string, error: ErrorRecord): void {
    if (error.code !== 'cancelled') this.#failures = new Map(this.#failures).set(name, error)
  }

  /** Of an imported one. Throws what the service says, for example that a run needs it. */
  async remove(name: string): Promise<void> {
    await this.#bridge.call('data.remove', { name })
    this.#asked.delete(name)
    this.#samples = without(this.#samples, name)
    await this.reload()
  }

  async loadSamples(name: string): Promise<void> {
    if (this.#asked.has(name) || !this.isReady(name)) return
    this.#asked.add(name)
    const samples = await this.#askSamples({ name, count: samplesPerDataset })
    if (samples) this.#samples = new Map(this.#samples).set(name, samples)
    else this.#asked.delete(name)
  }

  /** `perClass` images of each of the classes `labels`. Undefined: they could not be read, and the reason is the dataset's. */
  loadClassSamples(name: string, labels: readonly number[], perClass: number): Promise<DatasetSamples | undefined> {
    return this.#askSamples({ name, count: labels.length * perClass, labels: [...labels] })
  }

  async #askSamples(question: WindowInput<'data.samples'>): Promise<DatasetSamples | undefined> {
    const { name } = question
    try {
      return await this.#bridge.call('data.samples', question)
    } catch (fault) {
      this.#noteFailure(name, toErrorRecord(fault))
      // Reading it may have shown that its files are damaged.
      await this.reload()
      return undefined
    }
  }

  #takeProgress(progress: DatasetProgress): void {
    if (progress.stage === 'done' || progress.stage === 'failed') {
      this.#progress = without(this.#progress, progress.name)
      // It may have been begun by another window, or the command line.
      if (progress.error && this.get(progress.name)?.problem) this.#noteFailure(progress.name, progress.error)
      void this.reload()
    } else {
      this.#progress = new Map(this.#progress).set(progress.name, progress)
    }
  }
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map)
  copy.delete(key)
  return copy
}
