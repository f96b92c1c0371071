/** Lighter or darker: all values multiplied by one factor. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { identityMatrix } from '../luma.ts'

export const brightness = defineAugmentation({
  id: 'brightness',
  version: 1,
  stage: 'colour',
  title: 'Brightness',
  summary: 'Makes the image lighter or darker',
  params: {
    strength: real({ label: 'Strength', help: 'Factor from 1 less this to 1 and this', min: 0, max: 1, default: 0.2 }),
  },
  draw(plan, random, { strength }) {
    const { channels } = plan.context.source
    plan.recolour(
      identityMatrix(channels, 1 + between(random, -strength, strength)),
      new Array<number>(channels).fill(0),
    )
  },
})
