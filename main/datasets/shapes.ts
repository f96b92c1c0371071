/**
 * The built-in dataset: ten shapes in colour, 32x32, generated from a fixed seed, so that the studio can train in its first minute
 * without any download. Hard enough that a linear classifier fails and a small convolutional network learns it.
 */
import { setImmediate } from 'node:timers/promises'
import { counterRandom, permutation } from '../../experiments/random/counter-random.ts'
import { throwIfCancelled } from '../files/file-faults.ts'
import { defineDataset } from './dataset-source.ts'
import { splitNames, type SplitName } from './pixel-file.ts'
import { drawShapeImage, shapeImageSide } from './shape-image.ts'
import { shapeClasses } from './shape-outlines.ts'

/** Raise it whenever a single byte of the images changes. */
const generatorVersion = 1
const seed = 20_120_930
const counts: Readonly<Record<SplitName, number>> = { train: 10_000, test: 2_000 }
/** Images between two turns of the event loop: the service stays responsive. */
const imagesPerTurn = 50
const imageBytes = shapeImageSide * shapeImageSide * 3

export const shapes = defineDataset({
  name: 'shapes',
  title: 'Shapes',
  summary: 'Ten shapes in colour, 32x32, on cluttered backgrounds; built in, needs no download',
  height: shapeImageSide,
  width: shapeImageSide,
  channels: 3,
  classes: shapeClasses.map((shape) => shape.name),
  trainCount: counts.train,
  testCount: counts.test,
  download: null,
  locate: () => Promise.resolve({ location: 'built in', identity: `shapes ${generatorVersion} ${seed}` }),
  async write(_, writer, { signal, onProgress }) {
    const total = (counts.train + counts.test) * imageBytes
    let done = 0
    for (const split of splitNames) {
      const labels = shapeLabels(split)
      await writer.writeSplit(split, labels, images(split, labels))
    }

    async function* images(split: SplitName, labels: Uint16Array): AsyncGenerator<Uint8Array> {
      for (let start = 0; start < labels.length; start += imagesPerTurn) {
        throwIfCancelled(signal, 'making the shapes dataset')
        const end = Math.min(labels.length, start + imagesPerTurn)
        const pixels = drawShapes(split, labels, start, end)
        yield pixels
        done += pixels.length
        onProgress?.(done, total)
        await setImmediate()
      }
    }
  },
})

/** As many of each class, in random order. */
export function shapeLabels(split: SplitName): Uint16Array {
  const order = permutation(seed, `shapes/labels/${split}`, 0, counts[split])
  return Uint16Array.from(order, (position) => position % shapeClasses.length)
}

/** Images `start` to `end` of a split, channels last. Any range gives the same bytes as the whole. */
export function drawShapes(split: SplitName, labels: Uint16Array, start: number, end: number): Uint8Array {
  const pixels = new Uint8Array((end - start) * imageBytes)
  for (let index = start; index < end; index++) {
    const shape = shapeClasses[labels[index] as number]
    if (!shape) throw new Error(`shapes has no example ${index} of class ${labels[index]}`)
    const random = counterRandom({ seed, purpose: `shapes/images/${split}`, index })
    drawShapeImage(random, shape.outline, pixels, (index - start) * imageBytes)
  }
  return pixels
}
