/** Looks at the image from the side: each corner moves inwards by a random part of the side, as in torchvision. */
import { real } from '../../layers/params/numbers.ts'
import { between } from '../between.ts'
import { defineAugmentation } from '../define-augmentation.ts'
import { multiply3, squareTo } from '../matrix3.ts'

export const perspective = defineAugmentation({
  id: 'perspective',
  version: 1,
  stage: 'geometry',
  title: 'Perspective',
  summary: 'Tilts the image in space',
  params: {
    strength: real({
      label: 'Strength',
      help: 'How far each corner moves at most, as a share of half the side',
      min: 0,
      max: 0.9,
      default: 0.3,
    }),
  },
  draw(plan, random, { strength }) {
    const { width, height } = plan.frame
    const x = () => (between(random, 0, strength) * width) / 2
    const y = () => (between(random, 0, strength) * height) / 2
    const [right, bottom] = [width - 1, height - 1]
    // Where the corners of the result lie in the source: outside of it, so that its own corners move inwards.
    const corners = [
      [-x(), -y()],
      [right + x(), -y()],
      [right + x(), bottom + y()],
      [-x(), bottom + y()],
    ] as const
    const toSquare = [1 / Math.max(1, right), 0, 0, 0, 1 / Math.max(1, bottom), 0, 0, 0, 1] as const
    plan.transform(multiply3(squareTo(corners), toSquare))
  },
})
