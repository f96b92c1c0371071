/**
 * Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it by learned numbers:
 * y = scale (x - mean) / sqrt(variance + epsilon) + shift. Running averages of mean and variance, kept while training, take the place of the
 * batch's own at inference. Ioffe, Szegedy: Batch Normalization, ICML 2015. As in PyTorch, the running variance is the unbiased one.
 */
import { add } from '../ops/add.ts'
import { batchNormalization } from '../ops/batch-normalization.ts'
import { batchNormalizationInference } from '../ops/batch-normalization-inference.ts'
import { constant } from '../ops/constant.ts'
import { inputAt } from '../ops/expect-type.ts'
import { multiply } from '../ops/multiply.ts'
import type { Value } from '../ops/program.ts'
import { reshape } from '../ops/reshape.ts'
import { elementCount, formatShape } from '../ops/tensor-type.ts'
import { defineLayer } from './define-layer.ts'
import type { LayerBuilder } from './layer-builder.ts'
import { choice } from './params/choices.ts'
import { real } from './params/numbers.ts'

export const batchNormalizationLayer = defineLayer({
  id: 'batch-normalization',
  version: 1,
  category: 'normalisation',
  title: 'Batch normalisation',
  summary: 'Each channel to mean 0 and variance 1',
  params: {
    momentum: real({
      label: 'Momentum',
      help: 'Share of the batch in the running averages, as PyTorch counts it; Keras calls 1 minus this momentum',
      min: 0,
      max: 1,
      default: 0.1,
    }),
    epsilon: real({ label: 'Epsilon', help: 'Added to the variance', min: 1e-10, max: 1, default: 1e-5 }),
    initialScale: choice({
      label: 'Initial scale',
      help: 'Zeros at the end of a residual branch let the block begin as the identity',
      choices: { ones: 'Ones', zeros: 'Zeros' },
      default: 'ones',
    }),
  },
  check: (inputs) => {
    const { shape } = inputAt(inputs, 0)
    if (shape.length === 2 || shape.length === 4) return []
    const message = `takes images [channels, height, width] or features, but ${formatShape(shape.slice(1))} arrives`
    return [{ code: 'shape-mismatch', message }]
  },
  lower: (b, inputs, { momentum, epsilon, initialScale }) => {
    const x = inputAt(inputs, 0)
    const channels = x.type.shape[1] ?? 1
    const options = { decay: false, fanIn: 1, fanOut: 1 }
    const scale = b.weight('scale', [channels], { initializer: initialScale, ...options })
    const shift = b.weight('shift', [channels], { initializer: 'zeros', ...options })
    const mean = b.state('mean', [channels], 0)
    const variance = b.state('variance', [channels], 1)
    // Features are images of one pixel.
    const images = x.type.shape.length === 2 ? reshape(b, x, [-1, channels, 1, 1]) : x
    const restore = (y: Value) => (x.type.shape.length === 2 ? reshape(b, y, [-1, channels]) : y)
    if (!b.training) return [restore(batchNormalizationInference(b, images, { scale, shift, mean, variance }, epsilon))]
    const batch = batchNormalization(b, images, scale, shift, epsilon)
    const count = elementCount(x.type.shape) / channels
    const unbiased = multiply(b, batch.variance, constant(b, count / Math.max(1, count - 1)))
    b.updateState('mean', runningAverage(b, mean, batch.mean, momentum))
    b.updateState('variance', runningAverage(b, variance, unbiased, momentum))
    return [restore(batch.y)]
  },
})

function runningAverage(b: LayerBuilder, running: Value, current: Value, share: number): Value {
  return add(b, multiply(b, running, constant(b, 1 - share)), multiply(b, current, constant(b, share)))
}
