/**
 * The views of a test image whose probabilities are averaged. Corners and centre with their mirror images are AlexNet's ten crops
 * (Krizhevsky et al., 2012, section 4.1); a grid over several scales is what VGG calls dense evaluation (Simonyan, Zisserman, 2015, section 3.2).
 * A network takes images of the size of its dataset, so a crop is a window of that size in an enlarged image.
 */
import type { CropCount } from './evaluation-record.ts'

/** A window into the image: first enlarged by `scale`, then seen at (`x`, `y`), each from 0 (left, top) to 1 (right, bottom). */
export interface CropView {
  /** At least 1. */
  readonly scale: number
  readonly x: number
  readonly y: number
  readonly mirror: boolean
}

const whole: CropView = { scale: 1, x: 0.5, y: 0.5, mirror: false }

/** 256 to 224 as in AlexNet: the window is 7/8 of the enlarged image. */
const cornerScale = 8 / 7
const denseScales = [8 / 7, 9 / 7]
const grid = [0, 0.5, 1]

const corners: readonly CropView[] = [
  { ...whole, scale: cornerScale },
  ...[0, 1].flatMap((y) => [0, 1].map((x): CropView => ({ scale: cornerScale, x, y, mirror: false }))),
]

export function cropViews(crops: CropCount): readonly CropView[] {
  switch (crops) {
    case 1:
      return [whole]
    case 5:
      return corners
    case 10:
      return withMirror(corners)
    case 'dense':
      return withMirror([
        whole,
        ...denseScales.flatMap((scale) => grid.flatMap((y) => grid.map((x) => ({ scale, x, y, mirror: false })))),
      ])
  }
}

function withMirror(views: readonly CropView[]): readonly CropView[] {
  return [...views, ...views.map((view) => ({ ...view, mirror: true }))]
}

/**
 * Writes one plane of an image as `view` sees it: bilinear, pixel centres at half integers, edges repeated.
 * @param from height x width values
 */
export function drawView(
  view: CropView,
  size: { readonly height: number; readonly width: number },
  from: Float32Array,
  to: Float32Array,
): void {
  const { height, width } = size
  const columns = samplePositions(width, view.scale, view.x, view.mirror)
  const rows = samplePositions(height, view.scale, view.y, false)
  for (let y = 0; y < height; y++) {
    const { low: top, high: bottom, share: down } = rows[y] as SamplePosition
    for (let x = 0; x < width; x++) {
      const { low: left, high: right, share: across } = columns[x] as SamplePosition
      const above = mix(from[top * width + left] as number, from[top * width + right] as number, across)
      const below = mix(from[bottom * width + left] as number, from[bottom * width + right] as number, across)
      to[y * width + x] = mix(above, below, down)
    }
  }
}

interface SamplePosition {
  readonly low: number
  readonly high: number
  /** Of `high`. */
  readonly share: number
}

function samplePositions(size: number, scale: number, at: number, mirror: boolean): readonly SamplePosition[] {
  const start = at * size * (scale - 1)
  const positions = Array.from({ length: size }, (_, i): SamplePosition => {
    const source = Math.min(Math.max((start + i + 0.5) / scale - 0.5, 0), size - 1)
    const low = Math.min(Math.floor(source), Math.max(size - 2, 0))
    return { low, high: Math.min(low + 1, size - 1), share: source - low }
  })
  return mirror ? positions.reverse() : positions
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share
}
