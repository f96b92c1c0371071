/** Fills the batches of a training: images augmented and normalised, labels, and what they are mixed with. */
import { AugmentationPlanner } from '../../experiments/augmentation/augmentation-planner.ts'
import type { AugmentationSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { ImagePlan, type AugmentationContext } from '../../experiments/augmentation/image-plan.ts'
import { ImageRenderer } from '../../experiments/augmentation/render-image.ts'
import { BatchReader } from './batch-reader.ts'
import type { ImageShape } from './input-size.ts'
import type { Dataset, DatasetSplit } from './open-dataset.ts'

/** One batch's memory, used again and again; threads share it. */
export interface ExampleBatch {
  /** N x channels x height x width. */
  readonly images: Float32Array
  readonly labels: Int32Array
  /** Class of what an example is mixed with; its own where it is not mixed. */
  readonly mixedLabels: Int32Array
  /** Share of the example's own label. */
  readonly labelShares: Float32Array
}

export interface BatchRequest {
  readonly epoch: number
  /** Examples of the training split. */
  readonly examples: Uint32Array
  readonly batch: ExampleBatch
}

export interface BatchFiller {
  /** Which code does it, for the record of the run: `typescript: why` or `native, N threads`. */
  readonly implementation: string
  /** The batch must not be touched until the promise settles. */
  fill(request: BatchRequest): Promise<void>
  dispose(): Promise<void>
}

/** What a filler needs of a dataset. */
export type FillerDataset = Pick<Dataset, 'height' | 'width' | 'channels' | 'statistics'> & {
  readonly train: Pick<DatasetSplit, 'count' | 'pixels' | 'labels' | 'mapped'>
}

export interface FillerOptions {
  readonly dataset: FillerDataset
  readonly input: ImageShape
  readonly augment: readonly AugmentationSpec[]
  readonly seed: number
}

export function newBatch(size: number, { height, width, channels }: ImageShape): ExampleBatch {
  return {
    images: new Float32Array(new SharedArrayBuffer(4 * size * channels * height * width)),
    labels: new Int32Array(new SharedArrayBuffer(4 * size)),
    mixedLabels: new Int32Array(new SharedArrayBuffer(4 * size)),
    labelShares: new Float32Array(new SharedArrayBuffer(4 * size)).fill(1),
  }
}

export function augmentationContext({ dataset, input }: Pick<FillerOptions, 'dataset' | 'input'>): AugmentationContext {
  const { height, width, channels, statistics } = dataset
  return { source: { height, width, channels }, output: input, colours: statistics }
}

/** Plans of a batch: drawn here for every implementation, so that all of them do the same. */
export class BatchPlans {
  readonly planner: AugmentationPlanner
  readonly #context: AugmentationContext
  readonly #labels: Uint16Array
  readonly #plans: ImagePlan[] = []

  constructor(options: FillerOptions) {
    this.planner = new AugmentationPlanner(options.augment, options.seed)
    this.#context = augmentationContext(options)
    this.#labels = options.dataset.train.labels
  }

  /** Writes labels and shares as well. The plans are valid until the next call. */
  draw({ epoch, examples, batch }: BatchRequest): readonly ImagePlan[] {
    const plans = this.#plans
    while (plans.length < examples.length) plans.push(new ImagePlan(this.#context))
    examples.forEach((example, i) => {
      const plan = plans[i] as ImagePlan
      this.planner.plan(epoch, example, plan)
      const own = this.#labels[example] as number
      batch.labels[i] = own
      batch.mixedLabels[i] = own
      batch.labelShares[i] = 1
      if (!plan.mix) return
      batch.mixedLabels[i] = this.#labels[examples[partnerOf(plan, examples.length)] as number] as number
      batch.labelShares[i] = plan.mix.share
    })
    return plans
  }
}

/** Place in the batch of what `plan` is mixed with. */
export function partnerOf(plan: ImagePlan, batchSize: number): number {
  return Math.floor((plan.mix?.partner ?? 0) * batchSize)
}

/** In TypeScript, on the caller's thread. */
export class ReferenceFiller implements BatchFiller {
  readonly implementation: string
  readonly #options: FillerOptions
  readonly #plans: BatchPlans
  readonly #reader: BatchReader
  readonly #renderer = new ImageRenderer()
  readonly #partner: Float32Array

  /** @param reason why it is not done natively */
  constructor(options: FillerOptions, reason: string) {
    this.implementation = `typescript: ${reason}`
    this.#options = options
    this.#plans = new BatchPlans(options)
    this.#reader = new BatchReader(options.dataset, options.dataset.train, options.input)
    this.#partner = new Float32Array(this.#reader.imageLength)
  }

  fill(request: BatchRequest): Promise<void> {
    const { examples, batch } = request
    if (this.#options.augment.length === 0) {
      this.#reader.fill(examples, 0, examples.length, batch.images, batch.labels)
      return Promise.resolve()
    }
    const plans = this.#plans.draw(request)
    const length = this.#reader.imageLength
    for (let i = 0; i < examples.length; i++) {
      const plan = plans[i] as ImagePlan
      this.#render(request, plan, i, batch.images, i * length)
      if (!plan.mix) continue
      const other = partnerOf(plan, examples.length)
      this.#render(request, plans[other] as ImagePlan, other, this.#partner, 0)
      mixInto(plan, this.#partner, batch.images, i * length)
    }
    return Promise.resolve()
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }

  #render({ epoch, examples }: BatchRequest, plan: ImagePlan, i: number, target: Float32Array, at: number): void {
    const { dataset, seed } = this.#options
    const index = examples[i] as number
    const offset = index * dataset.height * dataset.width * dataset.channels
    const source = { pixels: dataset.train.pixels, offset }
    this.#renderer.render(plan, source, { seed, epoch, index }, dataset.statistics, target, at)
  }
}

function mixInto({ mix, context }: ImagePlan, partner: Float32Array, target: Float32Array, at: number): void {
  if (!mix) return
  if (mix.mode === 'blend') {
    for (let i = 0; i < partner.length; i++) {
      const other = partner[i] as number
      target[at + i] = other + mix.share * ((target[at + i] as number) - other)
    }
    return
  }
  const { height, width } = context.output
  const { top, left, bottom, right } = mix.hole
  for (let start = 0; start < partner.length; start += height * width) {
    for (let y = top; y < bottom; y++) {
      const row = start + y * width
      target.set(partner.subarray(row + left, row + Math.max(left, right)), at + row + left)
    }
  }
}
