/** Moves the image by a random part of its size, by fractions of a pixel. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const translation = defineAugmentation({
  id: 'translation',
  version: 1,
  stage: 'geometry',
  title: 'Translation',
  summary: 'Moves the image by a random distance',
  params: {
    share: real({
      label: 'Up to',
      help: 'Largest distance in either direction, as a share of the side',
      min: 0,
      max: 1,
      default: 0.1,
    }),
  },
  draw(plan, random, { share }) {
    const x = between(random, -share, share) * plan.frame.width
    const y = between(random, -share, share) * plan.frame.height
    plan.transform([1, 0, -x, 0, 1, -y, 0, 0, 1])
  },
})
