/** Left and right exchanged, or top and bottom: the cheapest augmentation there is, right wherever a mirrored object is still one. */
import { choice } from '../../layers/params/choices.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const mirror = defineAugmentation({
  id: 'mirror',
  version: 1,
  stage: 'geometry',
  title: 'Mirror',
  summary: 'Exchanges left and right, or top and bottom',
  probability: 0.5,
  params: {
    axis: choice({
      label: 'Direction',
      help: 'What is exchanged',
      choices: { horizontal: 'Left and right', vertical: 'Top and bottom' },
      default: 'horizontal',
    }),
  },
  draw(plan, _random, { axis }) {
    const { height, width } = plan.frame
    plan.transform(axis === 'horizontal' ? [-1, 0, width - 1, 0, 1, 0, 0, 0, 1] : [1, 0, 0, 0, -1, height - 1, 0, 0, 1])
  },
})
