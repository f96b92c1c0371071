/** Makes what is seen larger or smaller about the middle; optionally stretches the two directions apart. */
import { real } from '../../layers/params/numbers.ts'
import { between, factorUpTo } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const scale = defineAugmentation({
  id: 'scale',
  version: 1,
  stage: 'geometry',
  title: 'Scale',
  summary: 'Enlarges or shrinks the image about its middle',
  params: {
    from: real({
      label: 'From',
      help: 'Smallest factor; below 1 the border comes into view',
      min: 0.1,
      max: 5,
      default: 0.9,
    }),
    to: real({ label: 'To', help: 'Largest factor', min: 0.1, max: 5, default: 1.1 }),
    stretch: real({
      label: 'Stretch',
      help: 'Width against height at most; 1 keeps the proportions',
      min: 1,
      max: 3,
      default: 1,
    }),
  },
  draw(plan, random, { from, to, stretch }) {
    const factor = between(random, from, to)
    const half = Math.sqrt(factorUpTo(random, stretch))
    plan.transformAboutCentre([1 / (factor * half), 0, 0, 0, half / factor, 0, 0, 0, 1])
  },
})
