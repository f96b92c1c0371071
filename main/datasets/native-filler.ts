/** Fills batches with the native addon, on threads of its own. */
import os from 'node:os'
import { PlanEncoder } from '../../experiments/augmentation/encode-plan.ts'
import { noisePurposeHash } from '../../experiments/augmentation/noise-purpose.ts'
import { normalTable } from '../../experiments/augmentation/noise-source.ts'
import { loadNative, type NativeAddon, type NativePipeline } from '../../native/load-addon.ts'
import {
  BatchPlans,
  partnerOf,
  ReferenceFiller,
  type BatchFiller,
  type BatchRequest,
  type FillerOptions,
} from './batch-filler.ts'

export interface ThreadChoice {
  /** Default: `defaultDataThreads()`. */
  readonly threads?: number | undefined
}

/** Half of the cores, at most four: augmentation of small images is cheap, and the device's own threads want the others. */
export function defaultDataThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(os.availableParallelism() / 2)))
}

/** Which code fills batches here, for the record of a run. */
export function fillerImplementation(threads = defaultDataThreads()): string {
  const native = loadNative()
  return native.available ? implementationOf(threads) : `typescript: ${native.reason}`
}

function implementationOf(threads: number): string {
  return `native, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

/** The native filler where the addon is there, else the one in TypeScript, which says why. */
export function createFiller(options: FillerOptions, { threads }: ThreadChoice = {}): BatchFiller {
  const native = loadNative()
  if (!native.available) return new ReferenceFiller(options, native.reason)
  return new NativeFiller(native.addon, options, threads ?? defaultDataThreads())
}

export class NativeFiller implements BatchFiller {
  readonly implementation: string
  readonly #pipeline: NativePipeline
  readonly #plans: BatchPlans
  readonly #encoder = new PlanEncoder()
  readonly #under = new Set<Promise<void>>()

  constructor(addon: NativeAddon, options: FillerOptions, threads: number) {
    const { dataset, input, seed } = options
    const { height, width, channels, statistics } = dataset
    const { mean, std } = statistics
    const table = Array.from({ length: channels * 256 }, (_, i) => {
      const channel = Math.floor(i / 256)
      return ((i % 256) / 255 - (mean[channel] as number)) / (std[channel] as number)
    })
    this.implementation = implementationOf(threads)
    this.#plans = new BatchPlans(options)
    this.#pipeline = new addon.Pipeline(
      {
        ...{ height, width, channels, seed, threads },
        ...{ outHeight: input.height, outWidth: input.width, noisePurpose: noisePurposeHash },
        mean: Float32Array.from(mean),
        std: Float32Array.from(std),
        fill: Float32Array.from(mean, (value) => value * 255),
        table: Float32Array.from(table),
        normals: normalTable,
      },
      dataset.train.pixels,
    )
  }

  fill(request: BatchRequest): Promise<void> {
    const { examples, epoch, batch } = request
    const plans = this.#plans.draw(request)
    const { values, offsets } = this.#encoder.encode(plans, examples, epoch, (plan) => partnerOf(plan, examples.length))
    const filled = this.#pipeline.fill(values, offsets, batch.images)
    this.#under.add(filled)
    void filled.catch(() => undefined).then(() => this.#under.delete(filled))
    return filled
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#under)
    this.#pipeline.close()
  }
}
