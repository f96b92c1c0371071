/** A few images of a dataset for the eye: as many of each class, the same ones each time, read without loading the whole. */
import { permutation } from '../../experiments/random/counter-random.ts'
import { openPixelFile, readBytes, readSection } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

export interface SampleImages {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Ordered class by class in turn. `pixels`: 8 bits, row by row, channels last, base64. */
  readonly images: { readonly label: number; readonly pixels: string }[]
}

/** Takes `count` training images, or all if there are fewer. Throws what openDataset throws. */
export async function sampleImages(name: string, count: number, options: PrepareOptions): Promise<SampleImages> {
  return withPreparedFile(findDataset(name, options.home), options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    try {
      const bytes = await readSection(handle, path, index.train.labels, options.signal)
      const labels = new Uint16Array(bytes.buffer)
      const { height, width, channels } = index
      const imageBytes = height * width * channels
      const images: SampleImages['images'] = []
      for (const example of balancedSample(labels, index.classCount, count)) {
        const pixels = await readBytes(handle, path, index.train.pixels.offset + example * imageBytes, imageBytes)
        images.push({ label: labels[example] as number, pixels: Buffer.from(pixels.buffer).toString('base64') })
      }
      return { height, width, channels, images }
    } finally {
      await handle.close()
    }
  })
}

/** Positions of `count` examples, one of each class in turn as long as the class has any left. */
export function balancedSample(labels: Uint16Array, classCount: number, count: number): number[] {
  const queues = Array.from({ length: classCount }, (): number[] => [])
  const wanted = Math.min(count, labels.length)
  for (const position of permutation(0, 'data/samples', 0, labels.length)) {
    const queue = queues[labels[position] as number]
    if (queue && queue.length < wanted) queue.push(position)
  }
  const sample: number[] = []
  for (let round = 0; sample.length < wanted; round++) {
    for (const queue of queues) {
      const position = queue[round]
      if (position !== undefined && sample.length < wanted) sample.push(position)
    }
  }
  return sample
}
