/** Gaussian noise on each value, with a standard deviation that differs from image to image. */
import { boolean } from '../../layers/params/choices.ts'
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const noise = defineAugmentation({
  id: 'noise',
  version: 1,
  stage: 'noise',
  title: 'Noise',
  summary: 'Adds Gaussian noise to each pixel',
  params: {
    strength: real({
      label: 'Up to',
      help: 'Largest standard deviation, where black is 0 and white is 1',
      min: 0,
      max: 1,
      default: 0.05,
    }),
    grey: boolean({
      label: 'Grey',
      help: 'The same noise in all channels: pixels become lighter or darker, not coloured',
      default: false,
    }),
  },
  draw(plan, random, { strength, grey }) {
    const sigma = between(random, 0, strength) * 255
    plan.noiseVariance += sigma * sigma
    plan.noiseIsGrey = grey
  },
})
