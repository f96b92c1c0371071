/**
 * Blends two images of a batch, and their labels in the same proportion. Zhang, Cisse, Dauphin, Lopez-Paz: mixup: Beyond Empirical Risk
 * Minimization, arXiv:1710.09412.
 */
import { real } from '../../layers/params/numbers.ts'
import { beta } from '../beta.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const mixup = defineAugmentation({
  id: 'mixup',
  version: 1,
  stage: 'mix',
  title: 'Mixup',
  summary: 'Blends two images and their labels',
  params: {
    alpha: real({
      label: 'Alpha',
      help: 'Small values mostly leave one image, 1 makes every proportion equally likely',
      min: 0.01,
      max: 10,
      default: 0.2,
    }),
  },
  draw(plan, random, { alpha }) {
    const share = beta(random, alpha)
    const hole = { top: 0, left: 0, bottom: 0, right: 0 }
    plan.mix = { mode: 'blend', share, partner: random.uniform(), hole }
  },
})
