/** Gaussian blur of random width. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const blur = defineAugmentation({
  id: 'blur',
  version: 1,
  stage: 'blur',
  title: 'Blur',
  summary: 'Blurs the image with a Gaussian of random width',
  probability: 0.3,
  params: {
    from: real({ label: 'From', help: 'Smallest standard deviation', unit: 'px', min: 0, max: 8, default: 0.1 }),
    to: real({ label: 'To', help: 'Largest standard deviation', unit: 'px', min: 0, max: 8, default: 1 }),
  },
  draw(plan, random, { from, to }) {
    const sigma = between(random, from, to)
    plan.blurVariance += sigma * sigma
  },
})
