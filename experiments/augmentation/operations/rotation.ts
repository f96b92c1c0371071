/** Turns the image about its middle by a random angle, the same in both directions. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const rotation = defineAugmentation({
  id: 'rotation',
  version: 1,
  stage: 'geometry',
  title: 'Rotation',
  summary: 'Turns the image by a random angle',
  params: {
    degrees: real({
      label: 'Up to',
      help: 'Largest angle in either direction',
      unit: '°',
      min: 0,
      max: 180,
      default: 15,
    }),
  },
  draw(plan, random, { degrees }) {
    const angle = (between(random, -degrees, degrees) * Math.PI) / 180
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    plan.transformAboutCentre([cos, sin, 0, -sin, cos, 0, 0, 0, 1])
  },
})
