/** Slants the image: rows are moved against each other, or columns. */
import { choice } from '../../layers/params/choices.ts'
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const shear = defineAugmentation({
  id: 'shear',
  version: 1,
  stage: 'geometry',
  title: 'Shear',
  summary: 'Slants the image by a random angle',
  params: {
    degrees: real({
      label: 'Up to',
      help: 'Largest angle in either direction',
      unit: '°',
      min: 0,
      max: 60,
      default: 10,
    }),
    axis: choice({
      label: 'Direction',
      help: 'What is moved against each other',
      choices: { horizontal: 'Rows', vertical: 'Columns', both: 'Both' },
      default: 'horizontal',
    }),
  },
  draw(plan, random, { degrees, axis }) {
    const x = Math.tan((between(random, -degrees, degrees) * Math.PI) / 180)
    const y = axis === 'both' ? Math.tan((between(random, -degrees, degrees) * Math.PI) / 180) : x
    if (axis !== 'vertical') plan.transformAboutCentre([1, x, 0, 0, 1, 0, 0, 0, 1])
    if (axis !== 'horizontal') plan.transformAboutCentre([1, 0, 0, y, 1, 0, 0, 0, 1])
  },
})
