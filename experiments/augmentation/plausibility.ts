/**
 * Whether an augmented image could still be one of the data: how much of the middle of the original is seen, whether its colour lies among those
 * of real images, and whether it looks more like another class. Measures, not opinions: each warning carries its number and its limit.
 */
import type { ImagePlan } from './image-plan.ts'

export interface Plausibility {
  /** Share of the original that is seen, its middle counting most. */
  readonly visible: number
  /** Distance of the mean colour from the data's, in deviations of images' mean colours. */
  readonly colourDistance: number
  /** Class whose mean image it is nearest to, where that tells classes apart; null elsewhere. */
  readonly looksLike: number | null
  readonly warnings: readonly PlausibilityWarning[]
}

export type PlausibilityWarning = 'out-of-frame' | 'colour' | 'label'

/** Below it the object is mostly out of the frame. */
export const leastVisible = 0.5
const cells = 12

/** Weighted by a Gaussian of a quarter of the side; what holes cover is not seen. */
export function visibleShare(plan: ImagePlan): number {
  const { source, output } = plan.context
  const [a, b, c, d, e, f, g, h, i] = plan.inverse
  const seen = new Uint8Array(cells * cells)
  // Finer than the cells, however large the image is.
  const stepX = Math.min(1, output.width / (4 * cells))
  const stepY = Math.min(1, output.height / (4 * cells))
  for (let y = 0; y < output.height; y += stepY) {
    for (let x = 0; x < output.width; x += stepX) {
      if (plan.holes.some(({ top, left, bottom, right }) => y >= top && y < bottom && x >= left && x < right)) continue
      const w = g * x + h * y + i
      if (w <= 1e-6) continue
      const column = Math.floor((((a * x + b * y + c) / w + 0.5) / source.width) * cells)
      const row = Math.floor((((d * x + e * y + f) / w + 0.5) / source.height) * cells)
      if (row >= 0 && column >= 0 && row < cells && column < cells) seen[row * cells + column] = 1
    }
  }
  let [sum, all] = [0, 0]
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const x = (column + 0.5) / cells - 0.5
      const y = (row + 0.5) / cells - 0.5
      const weight = Math.exp(-(x * x + y * y) / (2 * 0.25 * 0.25))
      all += weight
      sum += weight * (seen[row * cells + column] as number)
    }
  }
  return sum / all
}
