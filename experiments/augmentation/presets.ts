/** Lists that papers made usual, to begin from. They are plain lists: what is changed in one of them is the user's own. */
import type { AugmentationSpec } from './augmentation-spec.ts'
import { augmentationOf } from './registry.ts'

export const augmentationPresetIds = ['cifar', 'imagenet', 'alexnet'] as const
export type AugmentationPresetId = (typeof augmentationPresetIds)[number]

/** An operation with its defaults, and what differs from them. */
export function augmentationWith(type: string, changes: Omit<AugmentationSpec, 'type'> = {}): AugmentationSpec {
  const definition = augmentationOf(type)
  if (!definition) throw new Error(`there is no augmentation ${type}`)
  const defaults = Object.fromEntries(Object.entries(definition.params).map(([name, kind]) => [name, kind.default]))
  return { type, ...defaults, ...changes }
}

/**
 * `cifar`: K. He et al. 2015, section 4.2. `imagenet`: random resized crop, mirror, colours and lighting, as in the training of GoogLeNet and
 * ResNet. `alexnet`: A. Krizhevsky et al. 2012, section 4.1; its windows of 224 out of 256 move by a sixteenth of the side in each direction,
 * which here is padding, because images are stored in the size that the network sees.
 * @param shortSide of the images, in pixels
 */
export function augmentationPreset(
  id: AugmentationPresetId,
  shortSide: number,
  isGrey: boolean,
): readonly AugmentationSpec[] {
  const list = {
    cifar: () => [augmentationWith('random-crop', { padding: 4 }), augmentationWith('mirror')],
    imagenet: () => [
      augmentationWith('random-resized-crop'),
      augmentationWith('mirror'),
      augmentationWith('brightness', { strength: 0.4 }),
      augmentationWith('contrast', { strength: 0.4 }),
      augmentationWith('saturation', { strength: 0.4 }),
      augmentationWith('lighting', { strength: 0.1 }),
    ],
    alexnet: () => [
      augmentationWith('random-crop', { padding: Math.max(1, Math.round(shortSide / 16)) }),
      augmentationWith('mirror'),
      augmentationWith('lighting', { strength: 0.1 }),
    ],
  }[id]()
  return list.filter(({ type }) => !isGrey || !augmentationOf(type)?.needsColour)
}
