/** An image as a network sees it: normalised numbers for the program, and the same pixels for the eye. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ImageSource, SeenImage } from '../../experiments/inspection/inspection-record.ts'
import { BatchReader } from '../datasets/batch-reader.ts'
import { inputShape, type ImageShape } from '../datasets/input-size.ts'
import type { Dataset } from '../datasets/open-dataset.ts'
import type { InspectedRun } from './inspector-protocol.ts'

export interface PreparedImage {
  readonly shape: ImageShape
  /** Channels, height, width. */
  readonly values: Float32Array
  readonly label: number | null
  /** Of what the network sees, channels last. */
  readonly pixels: Uint8Array
}

/** @throws StudioError `out-of-range` for an example that is not there, `shape-mismatch` for an image of another size */
export function prepareImage(
  { inputSize }: Pick<InspectedRun, 'inputSize'>,
  source: ImageSource,
  dataset: Dataset,
): PreparedImage {
  const shape = inputShape({ inputSize: inputSize ?? undefined }, dataset)
  const { pixels, label } = readPixels(source, dataset)
  const examples = { count: 1, pixels, labels: Uint16Array.of(label ?? 0) }
  const values = new Float32Array(shape.height * shape.width * shape.channels)
  new BatchReader(dataset, examples, shape).fill(Uint32Array.of(0), 0, 1, values, new Int32Array(1))
  return { shape, values, label, pixels: middle(pixels, dataset, shape) }
}

function readPixels(source: ImageSource, dataset: Dataset): { pixels: Uint8Array; label: number | null } {
  const bytes = dataset.height * dataset.width * dataset.channels
  if (source.kind === 'example') {
    const split = dataset[source.split]
    const { example } = source
    if (example >= split.count) {
      const message = `"${dataset.name}" has ${split.count} ${source.split} images, counted from 0; there is no ${example}`
      throw new StudioError('out-of-range', message, { example, count: split.count })
    }
    const pixels = split.pixels.subarray(example * bytes, (example + 1) * bytes)
    return { pixels, label: split.labels[example] as number }
  }
  const pixels = new Uint8Array(Buffer.from(source.pixels, 'base64'))
  if (pixels.length !== bytes) {
    const size = `${dataset.height} x ${dataset.width} x ${dataset.channels}`
    const message = `an image for "${dataset.name}" has ${size} = ${bytes} bytes; ${pixels.length} came`
    throw new StudioError('shape-mismatch', message, { expected: bytes, received: pixels.length })
  }
  return { pixels, label: null }
}

/** The part that BatchReader takes. */
function middle(pixels: Uint8Array, from: ImageShape, to: ImageShape): Uint8Array {
  const top = Math.floor((from.height - to.height) / 2)
  const left = Math.floor((from.width - to.width) / 2)
  const rowBytes = to.width * to.channels
  const result = new Uint8Array(to.height * rowBytes)
  for (let row = 0; row < to.height; row++) {
    const start = ((top + row) * from.width + left) * from.channels
    result.set(pixels.subarray(start, start + rowBytes), row * rowBytes)
  }
  return result
}

/** For the window, with what the network says of it. */
export function describeImage({ shape, label, pixels }: PreparedImage, probabilities: Float32Array): SeenImage {
  const top = Array.from(probabilities, (probability, own) => ({ label: own, probability }))
  return {
    ...shape,
    pixels: base64(pixels),
    label,
    top: top.sort((a, b) => b.probability - a.probability || a.label - b.label),
  }
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** Values from `low` to `high` as 0 to 255; all 0 where they are one. */
export function toGrey(values: Float32Array, low: number, high: number): Uint8Array {
  const scale = high > low ? 255 / (high - low) : 0
  return Uint8Array.from(values, (value) => Math.round(Math.min(255, Math.max(0, (value - low) * scale))))
}
