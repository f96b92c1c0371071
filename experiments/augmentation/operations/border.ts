/** What is seen where geometry reaches beyond the image. One for the whole list. */
import { choice } from '../../layers/params/choices.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const border = defineAugmentation({
  id: 'border',
  version: 1,
  stage: 'geometry',
  title: 'Border',
  summary: 'What is seen beyond the edge of the image; without it the mean colour of the data',
  probability: 'always',
  params: {
    mode: choice({
      label: 'Filled with',
      help: 'The mean colour is what networks notice least: it is zero after normalisation',
      choices: { mean: 'Mean colour', black: 'Black', edge: 'Nearest pixel', reflect: 'Reflection' },
      default: 'mean',
    }),
  },
  draw(plan, _random, { mode }) {
    plan.border = mode
  },
})
