/**
 * How many images a second each number of threads prepares here, for a dataset and a list: measured, because it depends on the images, the list and
 * the machine. Recommended is the smallest number that comes near the best: further threads would only take time from the device's own.
 */
import os from 'node:os'
import type { AugmentationSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import { loadNative } from '../../native/load-addon.ts'
import { newBatch, type BatchFiller } from './batch-filler.ts'
import { inputShape, type ImageShape } from './input-size.ts'
import { defaultDataThreads, NativeFiller } from './native-filler.ts'
import type { Dataset } from './open-dataset.ts'
import { openPixelFile, readSection, readBytes } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

export interface ThreadsRequest {
  readonly dataset: string
  readonly augment: readonly AugmentationSpec[]
  readonly inputSize?: number | undefined
  readonly batchSize: number
}

export interface ThreadsReport {
  /** Without native code there is one thread, the trainer's own. */
  readonly native: boolean
  readonly automatic: number
  readonly recommended: number
  readonly rates: readonly { readonly threads: number; readonly imagesPerSecond: number }[]
}

const sampleBytes = 32 * 2 ** 20
const measureMs = 350
/** Of the best rate. */
const nearBest = 0.9

export async function measureThreads(request: ThreadsRequest, options: PrepareOptions): Promise<ThreadsReport> {
  const native = loadNative()
  if (!native.available) return { native: false, automatic: 1, recommended: 1, rates: [] }
  const dataset = await readPart(request.dataset, options)
  const input = inputShape(request, dataset)
  const rates: { threads: number; imagesPerSecond: number }[] = []
  for (const threads of threadCounts(os.availableParallelism())) {
    const filler = new NativeFiller(native.addon, { dataset, input, augment: request.augment, seed: 1 }, threads)
    try {
      rates.push({ threads, imagesPerSecond: await measure(filler, dataset.train.count, input, request.batchSize) })
    } finally {
      await filler.dispose()
    }
  }
  return { native: true, automatic: defaultDataThreads(), recommended: recommendThreads(rates), rates }
}

/** 1, 2, 4 and so on up to the number of cores, and that itself. */
export function threadCounts(cores: number): number[] {
  const counts: number[] = []
  for (let threads = 1; threads < cores; threads *= 2) counts.push(threads)
  return [...counts, cores]
}

export function recommendThreads(rates: ThreadsReport['rates']): number {
  const best = Math.max(...rates.map(({ imagesPerSecond }) => imagesPerSecond))
  return rates.find(({ imagesPerSecond }) => imagesPerSecond >= nearBest * best)?.threads ?? 1
}

/** With the next batch asked for while one is used, as in training. */
async function measure(filler: BatchFiller, count: number, input: ImageShape, batchSize: number): Promise<number> {
  const batches = [0, 1].map(() => newBatch(batchSize, input))
  let asked = 0
  const ask = (): Promise<void> => {
    const examples = Uint32Array.from({ length: batchSize }, (_, i) => (asked * batchSize + i) % count)
    return filler.fill({ epoch: asked, examples, batch: batches[asked++ % 2]! })
  }
  let ahead = ask()
  const next = async (): Promise<void> => {
    const filled = ahead
    ahead = ask()
    await filled
  }
  await next()
  let done = 0
  const start = performance.now()
  let now = start
  for (; now - start < measureMs; now = performance.now()) {
    await next()
    done += batchSize
  }
  await ahead
  return (1000 * done) / (now - start)
}

/** The beginning of the training split as a dataset of its own. */
function readPart(name: string, options: PrepareOptions): Promise<Dataset> {
  const source = findDataset(name, options.home)
  return withPreparedFile(source, options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    try {
      const { height, width, channels, statistics, fingerprint } = index
      const imageBytes = height * width * channels
      const count = Math.min(index.train.count, Math.max(1, Math.floor(sampleBytes / imageBytes)))
      const all = new Uint16Array((await readSection(handle, path, index.train.labels, options.signal)).buffer)
      const pixels = await readBytes(handle, path, index.train.pixels.offset, count * imageBytes)
      const split = { count, pixels, labels: all.slice(0, count), classCounts: index.train.classCounts }
      const { classes } = source
      return { name, height, width, channels, classes, fingerprint, statistics, train: split, test: split }
    } finally {
      await handle.close()
    }
  })
}
