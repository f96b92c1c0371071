/** Whether a convolution runs in blocks, and in which layout its filter then lies. */
import type { Attributes } from '../../../../experiments/ops/attributes.ts'
import type { Value } from '../../../../experiments/ops/program.ts'
import { roundUp } from './layout.ts'

/**
 * Least share of real multiplications among those that are done. Below, rounding up costs more than the blocks gain. Measured, processor time
 * of a convolution with its two gradients, plain through blocked, in blocks of 16: share 1 1.8, 0.39 1.0, 0.38 0.97, 0.25 0.65 to 0.73. A step of
 * LeNet-5, whose convolutions have 0.38, takes 14.8 ms plain and 18.1 ms in blocks.
 */
const leastShare = 0.4

interface FilterUse {
  readonly attributes: Attributes
  readonly block: number
  /** The convolution reads an image that is plain and is needed in no other form. */
  readonly isPlainImage: boolean
}

export function filterLayout(
  x: Value,
  [filters = 1, channels = 1]: readonly number[],
  { attributes, block, isPlainImage }: FilterUse,
): 'filter' | 'narrow' | undefined {
  if (attributes['groups'] !== 1) return undefined
  const isNarrow = isPlainImage && (x.type.shape[1] ?? 1) < block
  const doneChannels = isNarrow ? channels : roundUp(channels, block)
  const share = (filters * channels) / (roundUp(filters, block) * doneChannels)
  if (share < leastShare) return undefined
  return isNarrow ? 'narrow' : 'filter'
}
