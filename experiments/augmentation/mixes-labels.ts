/** Whether a list of operations makes examples of two classes: the training step then needs two labels an example. */
import type { AugmentationSpec } from './augmentation-spec.ts'
import { augmentationOf } from './registry.ts'

export function mixesLabels(list: readonly AugmentationSpec[]): boolean {
  return list.some(({ type }) => augmentationOf(type)?.stage === 'mix')
}
