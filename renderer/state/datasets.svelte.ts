/** The datasets the service knows, what is being fetched, and example images, loaded once a dataset. */
import type { DatasetProgress, DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { WindowOutput } from '../../app/ipc/window-bridge.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'

export type DatasetSamples = WindowOutput<'data.samples'>

export const samplesPerDataset = 120

export class DatasetList {
  all: readonly DatasetRecord[] = $state.raw([])
  loaded = $state.raw(false)
  #progress: ReadonlyMap<string, DatasetProgress> = $state.raw(new Map())
  #samples: ReadonlyMap<string, DatasetSamples> = $state.raw(new Map())
  #failures: ReadonlyMap<string, ErrorRecord> = $state.raw(new Map())
  readonly #asked = new Set<string>()
  readonly #bridge: Bridge

  constructor(bridge: Bridge, connection: Connection) {
    this.#bridge = bridge
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

  async download(name: string): Promise<void> {
    this.#failures = without(this.#failures, name)
    this.#takeProgress({ name, stage: 'downloading', done: 0, total: null, error: null })
    try {
      const record = await this.#bridge.call('data.download', { name })
      this.all = this.all.map((dataset) => (dataset.name === name ? record : dataset))
      this.#asked.delete(name)
    } catch (fault) {
      this.#failures = new Map(this.#failures).set(name, toErrorRecord(fault))
    } finally {
      this.#progress = without(this.#progress, name)
    }
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
    try {
      const count = Math.min(200, Math.max(samplesPerDataset, this.get(name)?.classes.length ?? 0))
      const samples = await this.#bridge.call('data.samples', { name, count })
      this.#samples = new Map(this.#samples).set(name, samples)
    } catch (fault) {
      this.#asked.delete(name)
      this.#failures = new Map(this.#failures).set(name, toErrorRecord(fault))
    }
  }

  #takeProgress(progress: DatasetProgress): void {
    if (progress.stage === 'done' || progress.stage === 'failed') {
      this.#progress = without(this.#progress, progress.name)
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
