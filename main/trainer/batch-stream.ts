/**
 * The batches of a run in order, from any position on: those of the next dispatch are filled while the device computes. What is asked ahead
 * is bounded by the memory made at the start: that of the dispatch, and as much again or two batches. Batches depend on (epoch, step) alone,
 * so a resumed run gets the same ones.
 */
import type { BatchFiller, ExampleBatch } from '../datasets/batch-filler.ts'
import { newBatch } from '../datasets/batch-filler.ts'
import type { ImageShape } from '../datasets/input-size.ts'

export interface BatchStreamOptions {
  readonly filler: BatchFiller
  readonly input: ImageShape
  readonly batchSize: number
  readonly stepsPerEpoch: number
  readonly epochs: number
  /** Most batches asked for at once. */
  readonly stepsPerDispatch: number
  /** Examples of an epoch in their order; epochs count from 1. */
  order(epoch: number): Uint32Array
}

/** Augmentation does not take the same time for every batch: with two ahead a slow one is hidden behind a fast one. */
const leastAhead = 2

interface Slot {
  readonly batch: ExampleBatch
  readonly filled: Promise<void>
}

export class BatchStream {
  readonly #options: BatchStreamOptions
  readonly #free: ExampleBatch[]
  readonly #ahead: Slot[] = []
  #given: ExampleBatch[] = []
  #epoch: number
  #step: number
  #order: { readonly epoch: number; readonly examples: Uint32Array } | undefined

  /** @param position finished epochs, and steps done in the one under way */
  constructor(options: BatchStreamOptions, position: { readonly epoch: number; readonly stepInEpoch: number }) {
    const { stepsPerDispatch, batchSize, input } = options
    const slots = stepsPerDispatch + Math.max(leastAhead, stepsPerDispatch)
    this.#options = options
    this.#free = Array.from({ length: slots }, () => newBatch(batchSize, input))
    // A run that was stopped behind the last step of an epoch has still to validate it; its batches are over.
    const isDone = position.stepInEpoch >= options.stepsPerEpoch
    this.#epoch = position.epoch + (isDone ? 1 : 0)
    this.#step = isDone ? 0 : position.stepInEpoch
  }

  /** The next `count` batches, valid until the next call, and how long they had to be waited for. */
  async next(count: number): Promise<{ readonly batches: readonly ExampleBatch[]; readonly waitedSeconds: number }> {
    this.#free.push(...this.#given)
    this.#given = []
    const start = performance.now()
    while (this.#free.length > 0 && !this.#isOver()) this.#ask()
    const slots = this.#ahead.splice(0, count)
    this.#given = slots.map(({ batch }) => batch)
    for (const { filled } of slots) await filled
    return { batches: this.#given, waitedSeconds: (performance.now() - start) / 1000 }
  }

  #isOver(): boolean {
    return this.#epoch >= this.#options.epochs
  }

  #ask(): void {
    const { filler, batchSize, stepsPerEpoch } = this.#options
    const epoch = this.#epoch + 1
    if (this.#order?.epoch !== epoch) this.#order = { epoch, examples: this.#options.order(epoch) }
    const start = this.#step * batchSize
    const examples = this.#order.examples.subarray(start, start + batchSize)
    const batch = this.#free.shift() as ExampleBatch
    const filled = filler.fill({ epoch, examples, batch })
    // A fault is thrown by `next` when its turn comes, not before.
    filled.catch(() => undefined)
    this.#ahead.push({ batch, filled })
    this.#step += 1
    if (this.#step < stepsPerEpoch) return
    this.#step = 0
    this.#epoch += 1
  }
}
