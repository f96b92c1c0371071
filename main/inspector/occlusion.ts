/**
 * What happens to the probability of a class when a grey square hides a part of the image (Zeiler, Fergus: Visualizing and Understanding
 * Convolutional Networks, ECCV 2014, section 4.2). Grey is the mean colour of the dataset, which is 0 after normalisation.
 */
import { setImmediate } from 'node:timers/promises'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { OcclusionMap } from '../../experiments/inspection/inspection-record.ts'
import { softmaxRows } from '../../experiments/evaluation/prediction-set.ts'
import type { ImageShape } from '../datasets/input-size.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'
import { batchFor, lowerForInference, openProgram, readWeights } from './network-program.ts'
import { describeImage, prepareImage } from './see-image.ts'

/** Squares along the longer side. */
const places = 16

export async function explainByOcclusion(
  { member, image, target, size: wanted }: TaskInput<'occlusion'>,
  desk: InspectorDesk,
): Promise<OcclusionMap> {
  const dataset = await desk.datasets.of(member, desk.home)
  const prepared = prepareImage(member, image, dataset)
  const { shape } = prepared
  const longer = Math.max(shape.height, shape.width)
  const size = Math.min(wanted ?? Math.max(2, Math.round(longer / 4)), longer)
  const squares = squarePlaces(shape, size)
  const batch = Math.min(batchFor(member.document), squares.length + 1)
  const network = lowerForInference(member.document, batch)
  network.builder.output('logits', 'result', network.logits)
  const classes = network.logits.type.shape[1] as number
  if (target !== undefined && target >= classes) {
    throw new StudioError('out-of-range', `there are ${classes} classes, counted from 0`)
  }
  const session = await openProgram(network, readWeights(member))
  try {
    // The first one hides nothing.
    const looks = [undefined, ...squares]
    const probabilities = new Float32Array(looks.length * classes)
    const length = prepared.values.length
    const images = new Float32Array(batch * length)
    for (let start = 0; start < looks.length; start += batch) {
      const here = looks.slice(start, start + batch)
      here.forEach((square, i) => {
        const own = images.subarray(i * length, (i + 1) * length)
        own.set(prepared.values)
        if (square) hide(own, shape, square, size)
      })
      const logits = (await session.run({ images })).get('logits') as Float32Array
      probabilities.set(softmaxRows(logits.subarray(0, here.length * classes), classes), start * classes)
      desk.report({ run: member.run, done: start + here.length, total: looks.length })
      await setImmediate()
    }
    const whole = probabilities.subarray(0, classes)
    const chosen = target ?? whole.indexOf(Math.max(...whole))
    const probability = whole[chosen] as number
    const rows = new Set(squares.map(({ top }) => top)).size
    return {
      image: describeImage(prepared, whole),
      ...{ target: chosen, probability, size, height: rows, width: squares.length / rows },
      drops: squares.map((_, i) => probability - (probabilities[(i + 1) * classes + chosen] as number)),
    }
  } finally {
    await session.close()
  }
}

interface Square {
  readonly top: number
  readonly left: number
}

/** Row by row, the centres evenly from edge to edge; at the edges a part of the square lies outside. */
function squarePlaces({ height, width }: ImageShape, size: number): readonly Square[] {
  const along = (side: number): number[] => {
    const count = Math.max(1, Math.round((places * side) / Math.max(height, width)))
    return Array.from({ length: count }, (_, i) => Math.round(((i + 0.5) * side) / count - size / 2))
  }
  const columns = along(width)
  return along(height).flatMap((top) => columns.map((left) => ({ top, left })))
}

function hide(image: Float32Array, { height, width, channels }: ImageShape, { top, left }: Square, size: number): void {
  for (let channel = 0; channel < channels; channel++) {
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
      const row = (channel * height + y) * width
      image.fill(0, row + Math.max(0, left), row + Math.min(width, left + size))
    }
  }
}
