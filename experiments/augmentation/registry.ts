/** Every augmentation. A new one is one file in operations/ and one line here. */
import type { AugmentationDefinition } from './define-augmentation.ts'
import { blur } from './operations/blur.ts'
import { border } from './operations/border.ts'
import { brightness } from './operations/brightness.ts'
import { colourShift } from './operations/colour-shift.ts'
import { contrast } from './operations/contrast.ts'
import { cutMix } from './operations/cut-mix.ts'
import { cutOut } from './operations/cut-out.ts'
import { elastic } from './operations/elastic.ts'
import { hue } from './operations/hue.ts'
import { lighting } from './operations/lighting.ts'
import { mirror } from './operations/mirror.ts'
import { mixup } from './operations/mixup.ts'
import { noise } from './operations/noise.ts'
import { perspective } from './operations/perspective.ts'
import { randomCrop } from './operations/random-crop.ts'
import { randomResizedCrop } from './operations/random-resized-crop.ts'
import { rotation } from './operations/rotation.ts'
import { saturation } from './operations/saturation.ts'
import { scale } from './operations/scale.ts'
import { shear } from './operations/shear.ts'
import { translation } from './operations/translation.ts'

/** In the order in which the window offers them. */
export const augmentations: readonly AugmentationDefinition[] = [
  mirror,
  randomCrop,
  randomResizedCrop,
  rotation,
  scale,
  translation,
  shear,
  perspective,
  elastic,
  border,
  blur,
  brightness,
  contrast,
  saturation,
  hue,
  colourShift,
  lighting,
  noise,
  cutOut,
  mixup,
  cutMix,
]

const byId = new Map(augmentations.map((operation) => [operation.id, operation]))

export function augmentationOf(type: string): AugmentationDefinition | undefined {
  return byId.get(type)
}
