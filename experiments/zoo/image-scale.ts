/**
 * How large the images are that a network is built for. Networks made for 224 pixels would shrink small ones to nothing, so each family
 * leaves out strides and poolings for them; its entry says which.
 */
import type { ZooOptions } from './zoo-entry.ts'

/** `large` from 128 pixels: the published network. `medium` from 64 pixels. `small` below. */
export type ImageScale = 'large' | 'medium' | 'small'

export function imageScale({ input }: ZooOptions): ImageScale {
  const side = Math.min(input.height, input.width)
  if (side >= 128) return 'large'
  return side >= 64 ? 'medium' : 'small'
}

/** Multiplies numbers of filters by the width that was asked for. */
export function widen({ width = 1 }: ZooOptions): (filters: number) => number {
  return (filters) => Math.max(1, Math.round(filters * width))
}
