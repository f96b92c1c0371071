/**
 * A window of the network's size at a random place of the image, which is first made larger by a border: the recipe of CIFAR (He et al. 2015,
 * section 4.2: padding 4), and without padding AlexNet's crop out of a larger image.
 */
import { integer } from '../../layers/params/numbers.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const randomCrop = defineAugmentation({
  id: 'random-crop',
  version: 1,
  stage: 'geometry',
  title: 'Random crop',
  summary: 'Takes a window of the network’s size at a random place',
  params: {
    padding: integer({
      label: 'Padding',
      help: 'How far the window may reach beyond each side',
      unit: 'px',
      min: 0,
      max: 256,
      default: 4,
    }),
  },
  draw(plan, random, { padding }) {
    const { output } = plan.context
    const { height, width } = plan.frame
    const top = random.below(Math.max(0, height - output.height) + 2 * padding + 1) - padding
    const left = random.below(Math.max(0, width - output.width) + 2 * padding + 1) - padding
    plan.crop(top, left, output)
  },
})
