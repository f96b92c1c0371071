/** Turns all colours around the colour circle: red becomes orange or pink. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { hueMatrix } from '../luma.ts'

export const hue = defineAugmentation({
  id: 'hue',
  version: 1,
  stage: 'colour',
  title: 'Hue',
  summary: 'Turns the colours around the colour circle',
  needsColour: true,
  params: {
    turn: real({
      label: 'Up to',
      help: 'Largest part of the circle in either direction',
      min: 0,
      max: 0.5,
      default: 0.05,
    }),
  },
  draw(plan, random, { turn }) {
    plan.recolour(hueMatrix(plan.context.source.channels, between(random, -turn, turn)), [0, 0, 0])
  },
})
