/** Distances from the mean colour of the data grow or shrink. Not the image's own mean: that would need a pass of its own. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { identityMatrix } from '../luma.ts'

export const contrast = defineAugmentation({
  id: 'contrast',
  version: 1,
  stage: 'colour',
  title: 'Contrast',
  summary: 'Stretches or shrinks the distance from the mean colour of the data',
  params: {
    strength: real({ label: 'Strength', help: 'Factor from 1 less this to 1 and this', min: 0, max: 1, default: 0.2 }),
  },
  draw(plan, random, { strength }) {
    const factor = 1 + between(random, -strength, strength)
    const { source, colours } = plan.context
    plan.recolour(
      identityMatrix(source.channels, factor),
      colours.mean.map((mean) => (1 - factor) * mean * 255),
    )
  },
})
