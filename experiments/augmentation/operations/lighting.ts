/**
 * PCA lighting: colours move along the principal components of the data's own colours, each by a normal number times the component's
 * deviation. Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks (2012), section 4.1, strength
 * 0.1; the deviation here is the square root of the eigenvalue, so that it has the unit of a colour.
 */
import { real } from '../../layers/params/numbers.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { identityMatrix } from '../luma.ts'

export const lighting = defineAugmentation({
  id: 'lighting',
  version: 1,
  stage: 'colour',
  title: 'PCA lighting',
  summary: 'Changes colour and intensity of the light along the data’s own colours, as AlexNet did',
  params: {
    strength: real({
      label: 'Strength',
      help: 'Standard deviation of the step, in deviations of the data',
      min: 0,
      max: 2,
      default: 0.1,
    }),
  },
  draw(plan, random, { strength }) {
    const { source, colours } = plan.context
    const shifts = new Array<number>(source.channels).fill(0)
    for (const { direction, deviation } of colours.components) {
      const step = strength * random.normal() * deviation * 255
      direction.forEach((part, channel) => (shifts[channel]! += part * step))
    }
    plan.recolour(identityMatrix(source.channels), shifts)
  },
})
