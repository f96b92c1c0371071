/**
 * A window of random size and shape, resampled to the network's size: the recipe of ImageNet since GoogLeNet (Szegedy et al. 2014, section 6;
 * area 8 to 100 %, aspect ratio 3:4 to 4:3). Ten tries at a window that fits, as in torchvision; then the largest in the middle.
 */
import { real } from '../../layers/params/numbers.ts'
import { defineAugmentation } from '../define-augmentation.ts'

export const randomResizedCrop = defineAugmentation({
  id: 'random-resized-crop',
  version: 1,
  stage: 'geometry',
  title: 'Random resized crop',
  summary: 'Takes a window of random size and shape and scales it to the network’s size',
  probability: 'always',
  params: {
    minArea: real({
      label: 'Least area',
      help: 'Share of the image that the window covers at least',
      min: 0.01,
      max: 1,
      default: 0.08,
    }),
    maxArea: real({
      label: 'Largest area',
      help: 'Share of the image that the window covers at most',
      min: 0.01,
      max: 1,
      default: 1,
    }),
    aspect: real({
      label: 'Aspect ratio',
      help: 'Width to height at most, and the inverse at least; 1 keeps squares',
      min: 1,
      max: 4,
      default: 4 / 3,
    }),
  },
  draw(plan, random, { minArea, maxArea, aspect }) {
    const { height, width } = plan.frame
    const { output } = plan.context
    const window = findWindow()
    const scaleX = window.width / output.width
    const scaleY = window.height / output.height
    // Pixel centres lie at half a pixel: the middle of the first output pixel is the middle of what it covers.
    plan.transform([scaleX, 0, window.left + scaleX / 2 - 0.5, 0, scaleY, window.top + scaleY / 2 - 0.5, 0, 0, 1])
    plan.frame = output

    function findWindow() {
      const [least, most] = minArea <= maxArea ? [minArea, maxArea] : [maxArea, minArea]
      for (let attempt = 0; attempt < 10; attempt++) {
        const area = height * width * (least + (most - least) * random.uniform())
        const ratio = Math.exp(Math.log(aspect) * (2 * random.uniform() - 1))
        const w = Math.round(Math.sqrt(area * ratio))
        const h = Math.round(Math.sqrt(area / ratio))
        if (w < 1 || h < 1 || w > width || h > height) continue
        return { top: random.below(height - h + 1), left: random.below(width - w + 1), height: h, width: w }
      }
      const w = Math.min(width, Math.round(height * aspect))
      const h = Math.min(height, Math.round(width * aspect))
      return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w }
    }
  },
})
