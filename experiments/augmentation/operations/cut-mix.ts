/**
 * Puts a rectangle of another image of the batch into this one; the label follows the area. Yun et al.: CutMix: Regularization Strategy to Train
 * Strong Classifiers with Localizable Features, arXiv:1905.04899.
 */
import { real } from '../../layers/params/numbers.ts'
import { beta } from '../beta.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const cutMix = defineAugmentation({
  id: 'cut-mix',
  version: 1,
  stage: 'mix',
  title: 'CutMix',
  summary: 'Puts a piece of another image into this one and mixes the labels by area',
  probability: 0.5,
  params: {
    alpha: real({
      label: 'Alpha',
      help: 'Small values make tiny or huge pieces, 1 makes every size equally likely',
      min: 0.01,
      max: 10,
      default: 1,
    }),
  },
  draw(plan, random, { alpha }) {
    const { height, width } = plan.context.output
    const side = Math.sqrt(1 - beta(random, alpha))
    const [h, w] = [Math.round(side * height), Math.round(side * width)]
    const top = random.below(height) - Math.floor(h / 2)
    const left = random.below(width) - Math.floor(w / 2)
    const hole = {
      top: Math.max(0, top),
      left: Math.max(0, left),
      bottom: Math.min(height, top + h),
      right: Math.min(width, left + w),
    }
    const area = (hole.bottom - hole.top) * (hole.right - hole.left)
    plan.mix = { mode: 'paste', share: 1 - area / (height * width), partner: random.uniform(), hole }
  },
})
