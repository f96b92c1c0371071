/**
 * Divides each channel by the strength of its neighbours, as AlexNet does (Krizhevsky, Sutskever, Hinton 2012, section 3.3):
 * y_c = x_c / (bias + alpha / size * sum of x_j^2 over the neighbours j)^beta. The paper's alpha, 1e-4 at size 5, is `alpha` / `size`.
 */
import { inputAt } from '../ops/expect-type.ts'
import { localResponseNormalization } from '../ops/local-response-normalization.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { integer, real } from './params/numbers.ts'

export const localResponseNormalizationLayer = defineLayer({
  id: 'local-response-normalization',
  version: 1,
  category: 'normalisation',
  title: 'Local response normalisation',
  summary: 'Divides each channel by the strength of its neighbours',
  params: {
    size: integer({ label: 'Neighbours', help: 'Channels that take part in a sum', min: 1, max: 1024, default: 5 }),
    alpha: real({
      label: 'Alpha',
      help: 'Weight of the mean square of the neighbours, as in ONNX and PyTorch',
      min: 0,
      max: 1e6,
      default: 5e-4,
    }),
    beta: real({ label: 'Beta', help: 'Exponent', min: 0, max: 10, default: 0.75 }),
    bias: real({ label: 'Bias', help: 'Keeps the divisor away from 0', min: 1e-6, max: 1e6, default: 2 }),
  },
  check: checkImages,
  lower: (b, inputs, attributes) => [localResponseNormalization(b, inputAt(inputs, 0), attributes)],
})
