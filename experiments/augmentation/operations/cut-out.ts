/**
 * Squares of the mean colour over random places, partly beyond the edge. DeVries, Taylor: Improved Regularization of Convolutional Neural
 * Networks with Cutout, arXiv:1708.04552 (half the side on CIFAR-10).
 */
import { integer, real } from '../../layers/params/numbers.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const cutOut = defineAugmentation({
  id: 'cut-out',
  version: 1,
  stage: 'erase',
  title: 'Cut-out',
  summary: 'Covers squares at random places',
  params: {
    side: real({
      label: 'Side',
      help: 'Of a square, as a share of the shorter side of the image',
      min: 0.01,
      max: 1,
      default: 0.3,
    }),
    count: integer({ label: 'Squares', help: 'How many', min: 1, max: 8, default: 1 }),
  },
  draw(plan, random, { side, count }) {
    const { height, width } = plan.context.output
    const length = Math.max(1, Math.round(side * Math.min(height, width)))
    for (let i = 0; i < count; i++) {
      const top = random.below(height) - Math.floor(length / 2)
      const left = random.below(width) - Math.floor(length / 2)
      plan.holes.push({
        top: Math.max(0, top),
        left: Math.max(0, left),
        bottom: Math.min(height, top + length),
        right: Math.min(width, left + length),
      })
    }
  },
})
