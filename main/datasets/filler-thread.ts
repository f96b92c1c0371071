/**
 * A filler on a thread of its own: it draws random numbers, makes images and writes labels while the engine holds the trainer's thread. Pixels
 * and batches lie in memory that both threads see; what is sent is which examples go into which batch.
 */
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BatchFiller, BatchRequest, ExampleBatch, FillerDataset, FillerOptions } from './batch-filler.ts'
import { fillerImplementation, type ThreadChoice } from './native-filler.ts'

/** What the thread is started with. */
export interface FillerStart {
  readonly options: FillerOptions
  readonly threads: number | undefined
}

/** To the thread. A batch comes along when it is used for the first time. */
export type ToFiller =
  | { readonly type: 'batch'; readonly batch: ExampleBatch }
  | {
      readonly type: 'fill'
      readonly id: number
      readonly batch: number
      readonly epoch: number
      readonly examples: Uint32Array
    }
  | { readonly type: 'end' }

/** From the thread: the batch asked for by `id` is full, or why not. */
export interface FromFiller {
  readonly id: number
  readonly fault?: string
}

const workerFile = path.join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? 'filler-worker.ts' : 'filler-worker.mjs',
)

interface Asked {
  readonly resolve: () => void
  readonly reject: (fault: Error) => void
}

export class FillerThread implements BatchFiller {
  readonly implementation: string
  readonly #worker: Worker
  readonly #exited: Promise<void>
  /** Batches that the thread knows, by their place there. */
  readonly #batches = new Map<ExampleBatch, number>()
  readonly #asked = new Map<number, Asked>()
  #lastId = 0
  /** Why nothing can be asked any more. */
  #end: Error | undefined

  /** @param options of `dataset`, pixels and labels in shared memory or mapped are not copied */
  constructor(options: FillerOptions, { threads }: ThreadChoice = {}) {
    this.implementation = fillerImplementation(threads)
    const start: FillerStart = { options: { ...options, dataset: sendable(options.dataset) }, threads }
    this.#worker = new Worker(workerFile, { workerData: start, name: 'batches' })
    this.#worker.on('message', (message: FromFiller) => this.#settle(message))
    this.#worker.on('error', (fault) => this.#fail(fault instanceof Error ? fault : new Error(String(fault))))
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#fail(new Error(`the thread that fills batches ended (${code})`))
        resolve()
      })
    })
  }

  fill({ epoch, examples, batch }: BatchRequest): Promise<void> {
    if (this.#end) return Promise.reject(this.#end)
    const place = this.#placeOf(batch)
    const id = ++this.#lastId
    // A view of the epoch's order would take all of it along.
    const own = examples.slice()
    this.#worker.postMessage({ type: 'fill', id, batch: place, epoch, examples: own } satisfies ToFiller)
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }))
  }

  async dispose(): Promise<void> {
    if (!this.#end) this.#worker.postMessage({ type: 'end' } satisfies ToFiller)
    this.#end ??= new Error('the filler is closed')
    await this.#exited
  }

  #placeOf(batch: ExampleBatch): number {
    const known = this.#batches.get(batch)
    if (known !== undefined) return known
    if (!isShared(batch.images)) throw new TypeError('the batch of a thread must lie in shared memory: see newBatch')
    const place = this.#batches.size
    this.#batches.set(batch, place)
    this.#worker.postMessage({ type: 'batch', batch } satisfies ToFiller)
    return place
  }

  #settle({ id, fault }: FromFiller): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (fault === undefined) asked?.resolve()
    else asked?.reject(new Error(fault))
  }

  #fail(fault: Error): void {
    this.#end ??= fault
    for (const { reject } of this.#asked.values()) reject(fault)
    this.#asked.clear()
  }
}

function isShared({ buffer }: ArrayBufferView): boolean {
  return buffer instanceof SharedArrayBuffer
}

/** Without what a filler does not need, and without pixels that the thread maps itself. */
function sendable({ height, width, channels, statistics, train }: FillerDataset): FillerDataset {
  const { count, labels, mapped } = train
  const pixels = mapped ? new Uint8Array(0) : train.pixels
  return { height, width, channels, statistics, train: { count, labels, pixels, ...(mapped && { mapped }) } }
}
