/** Adds a random amount to each channel, as another white balance does. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { identityMatrix } from '../luma.ts'

export const colourShift = defineAugmentation({
  id: 'colour-shift',
  version: 1,
  stage: 'colour',
  title: 'Colour shift',
  summary: 'Moves each channel by a random amount',
  params: {
    strength: real({
      label: 'Up to',
      help: 'Largest amount in either direction, where black is 0 and white is 1',
      min: 0,
      max: 1,
      default: 0.05,
    }),
  },
  draw(plan, random, { strength }) {
    const { channels } = plan.context.source
    const shifts = Array.from({ length: channels }, () => between(random, -strength, strength) * 255)
    plan.recolour(identityMatrix(channels), shifts)
  },
})
