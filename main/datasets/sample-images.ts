/**
 * A few images of a dataset for the eye: as many of each class, the same ones each time, read without loading the whole. Large ones are made smaller, so
 * that an answer stays small.
 */
import { permutation } from '../../experiments/random/counter-random.ts'
import { openPixelFile, readBytes, readSection } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

export interface SampleImages {
  /** Of each image as it comes here. */
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Ordered class by class in turn. `pixels`: 8 bits, row by row, channels last, base64. */
  readonly images: { readonly label: number; readonly pixels: string }[]
}

/** Longest side of an image that is shown. */
const mostSide = 128

/** Takes `count` training images, or all if there are fewer, of the classes `labels` (default: all). Throws what openDataset throws. */
export async function sampleImages(
  name: string,
  { count, labels: wanted }: { readonly count: number; readonly labels?: readonly number[] | undefined },
  options: PrepareOptions,
): Promise<SampleImages> {
  return withPreparedFile(findDataset(name, options.home), options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    try {
      const bytes = await readSection(handle, path, index.train.labels, options.signal)
      const labels = new Uint16Array(bytes.buffer)
      const { height, width, channels } = index
      const imageBytes = height * width * channels
      const factor = Math.ceil(Math.max(height, width) / mostSide)
      const images: SampleImages['images'] = []
      for (const example of balancedSample(labels, index.classCount, count, wanted)) {
        const pixels = await readBytes(handle, path, index.train.pixels.offset + example * imageBytes, imageBytes)
        const shown = shrink(pixels, { height, width, channels }, factor)
        images.push({ label: labels[example] as number, pixels: Buffer.from(shown).toString('base64') })
      }
      return { height: Math.floor(height / factor), width: Math.floor(width / factor), channels, images }
    } finally {
      await handle.close()
    }
  })
}

/** The mean of squares of `factor` x `factor` pixels; what is left over on the right and below is cut off. */
export function shrink(
  pixels: Uint8Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
  factor: number,
): Uint8Array {
  if (factor === 1) return pixels
  const rows = Math.floor(height / factor)
  const columns = Math.floor(width / factor)
  return Uint8Array.from({ length: rows * columns * channels }, (_, i) => {
    const top = Math.floor(i / (columns * channels)) * factor
    const left = (Math.floor(i / channels) % columns) * factor
    let sum = 0
    for (let y = top; y < top + factor; y++) {
      for (let x = left; x < left + factor; x++) sum += pixels[(y * width + x) * channels + (i % channels)] as number
    }
    return Math.round(sum / factor ** 2)
  })
}

/** Positions of `count` examples of the classes `wanted` (default: all), one of each class in turn as long as the class has any left. */
export function balancedSample(
  labels: Uint16Array,
  classCount: number,
  count: number,
  wanted?: readonly number[],
): number[] {
  const queues = Array.from({ length: classCount }, (): number[] => [])
  const isWanted = wanted && new Set(wanted)
  for (const position of permutation(0, 'data/samples', 0, labels.length)) {
    const label = labels[position] as number
    const queue = queues[label]
    if (queue && queue.length < count && (!isWanted || isWanted.has(label))) queue.push(position)
  }
  const sample: number[] = []
  const most = Math.max(0, ...queues.map((queue) => queue.length))
  for (let round = 0; round < most; round++) {
    for (const queue of queues) {
      const position = queue[round]
      if (position !== undefined && sample.length < count) sample.push(position)
    }
  }
  return sample
}
