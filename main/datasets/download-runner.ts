/** Downloads of a service: one a dataset at a time, joined by whoever asks again, cancelled by name. */
import type { DatasetProgress, DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { downloadSource, takeDatasetFiles, type DownloadOptions } from './download-dataset.ts'
import type { DatasetSource } from './dataset-source.ts'
import { forgetReceived } from './received-files.ts'
import { findDataset } from './registry.ts'

interface RunningDownload {
  readonly record: Promise<DatasetRecord>
  readonly abort: AbortController
}

export class DownloadRunner {
  readonly #home: string
  readonly #onProgress: (progress: DatasetProgress) => void
  readonly #running = new Map<string, RunningDownload>()

  constructor(home: string, onProgress: (progress: DatasetProgress) => void) {
    this.#home = home
    this.#onProgress = onProgress
  }

  /** How many run. */
  get active(): number {
    return this.#running.size
  }

  /** Resolves when the dataset is in its place; see `downloadDataset`. One that runs already is joined. */
  download(name: string, mirror?: string): Promise<DatasetRecord> {
    return this.#run(name, (source, options) => downloadSource(source, { ...options, mirror }))
  }

  /** The same from files that are here; see `takeDatasetFiles`. @throws StudioError `run-state` while it is downloaded */
  take(name: string, path: string): Promise<DatasetRecord> {
    if (this.#running.has(name)) throw stillRuns(name)
    return this.#run(name, (source, options) => takeDatasetFiles(source, path, options))
  }

  /** Asks it to stop; what it has received is kept for the next one. */
  cancel(name: string): void {
    this.#running.get(name)?.abort.abort()
  }

  /** Forgets what was received. @throws StudioError `run-state` while it runs */
  async discard(name: string): Promise<void> {
    if (this.#running.has(name)) throw stillRuns(name)
    await forgetReceived(this.#home, findDataset(name, this.#home).name)
  }

  /** Ends all of them; each can go on another time. */
  close(): void {
    for (const { abort } of this.#running.values()) abort.abort()
  }

  #run(
    name: string,
    work: (source: DatasetSource, options: DownloadOptions) => Promise<DatasetRecord>,
  ): Promise<DatasetRecord> {
    const known = this.#running.get(name)
    if (known) return known.record
    const source = findDataset(name, this.#home)
    const abort = new AbortController()
    const end = (): void => void this.#running.delete(name)
    // Whoever hears of the end finds it ended.
    const onProgress = (progress: DatasetProgress): void => {
      if (progress.stage === 'done' || progress.stage === 'failed') end()
      this.#onProgress(progress)
    }
    const record = work(source, { home: this.#home, signal: abort.signal, onProgress })
    this.#running.set(name, { record, abort })
    return record
  }
}

function stillRuns(name: string): StudioError {
  return new StudioError('run-state', `${name} is being downloaded: cancel that first`, { name })
}
