/** What the network sees of a dataset's images: all, or the square that the experiment asks for. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'

export interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Throws `out-of-range` when it is larger than the images. */
export function inputShape(
  data: Pick<ExperimentSpec['data'], 'inputSize'>,
  { height, width, channels }: ImageShape,
): ImageShape {
  const side = data.inputSize
  if (side === undefined) return { height, width, channels }
  if (side > Math.min(height, width)) {
    const message = `data.inputSize: expected at most ${Math.min(height, width)}, the side of the images; got ${side}`
    throw new StudioError('out-of-range', message, { path: 'data.inputSize', value: side })
  }
  return { height: side, width: side, channels }
}
