/** More or less colour; strength 1 reaches grey. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { saturationMatrix } from '../luma.ts'

export const saturation = defineAugmentation({
  id: 'saturation',
  version: 1,
  stage: 'colour',
  title: 'Saturation',
  summary: 'Makes colours stronger or weaker',
  needsColour: true,
  params: {
    strength: real({ label: 'Strength', help: 'Factor from 1 less this to 1 and this', min: 0, max: 1, default: 0.2 }),
  },
  draw(plan, random, { strength }) {
    const factor = 1 + between(random, -strength, strength)
    plan.recolour(saturationMatrix(plan.context.source.channels, factor), [0, 0, 0])
  },
})
