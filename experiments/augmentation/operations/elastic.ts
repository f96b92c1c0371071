/**
 * Local warping: a smooth random displacement field. Simard, Steinkraus, Platt: Best Practices for Convolutional Neural Networks (ICDAR
 * 2003) smooth noise with a Gaussian; here the noise lies on a grid of splines, which has the same effect and costs a fraction.
 */
import { integer, real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { CubicWarp } from '../cubic-warp.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const elastic = defineAugmentation({
  id: 'elastic',
  version: 1,
  stage: 'geometry',
  title: 'Local warp',
  summary: 'Bends the image locally, as handwriting differs; acts after all other geometry',
  params: {
    strength: real({
      label: 'Strength',
      help: 'Largest displacement, as a share of a cell of the grid',
      min: 0,
      max: 1.5,
      default: 0.4,
    }),
    cells: integer({
      label: 'Cells',
      help: 'Cells of the grid in each direction: more make smaller bends',
      min: 1,
      max: 16,
      default: 4,
    }),
  },
  draw(plan, random, { strength, cells }) {
    const { height, width } = plan.context.output
    const points = (cells + 3) ** 2
    const control = new Float32Array(points * 2)
    const [x, y] = [(strength * width) / cells, (strength * height) / cells]
    for (let i = 0; i < points; i++) {
      control[2 * i] = between(random, -x, x)
      control[2 * i + 1] = between(random, -y, y)
    }
    plan.warp = new CubicWarp(cells, control)
  },
})
