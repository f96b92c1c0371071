/** Every unit sees every input feature: y = x W^T + b. Weights: kernel [units, features], bias [units]. */
import { add } from '../ops/add.ts'
import { inputAt } from '../ops/expect-type.ts'
import { matmul } from '../ops/matmul.ts'
import { formatShape } from '../ops/tensor-type.ts'
import { defineLayer } from './define-layer.ts'
import { boolean } from './params/choices.ts'
import { initialBias, initialGain, initializer } from './params/initializer-choice.ts'
import { integer } from './params/numbers.ts'

export const denseLayer = defineLayer({
  id: 'dense',
  version: 1,
  category: 'dense',
  title: 'Dense',
  summary: 'Every unit sees every feature',
  params: {
    units: integer({ label: 'Units', help: 'Output features', min: 1, max: 1_048_576, default: 128, isWidth: true }),
    bias: boolean({ label: 'Bias', help: 'Adds a learned number per unit', default: true }),
    initializer: initializer('Initial weights', 'he-normal'),
    gain: initialGain(),
    initialBias: initialBias(),
  },
  featuresParam: 'units',
  check: (inputs) => {
    const x = inputAt(inputs, 0)
    if (x.shape.length === 2) return []
    const arriving = formatShape(x.shape.slice(1))
    return [
      {
        code: 'shape-mismatch',
        message: `takes a list of features, but images ${arriving} arrive: put Flatten before it`,
      },
    ]
  },
  lower: (b, inputs, params) => {
    const x = inputAt(inputs, 0)
    const fanIn = x.type.shape[1] ?? 1
    const fans = { fanIn, fanOut: params.units }
    const { initializer: drawnFrom, gain, initialBias: start } = params
    const kernel = b.weight('kernel', [params.units, fanIn], { initializer: drawnFrom, gain, ...fans })
    const product = matmul(b, x, kernel, false, true)
    if (!params.bias) return [product]
    const bias = b.weight('bias', [params.units], { initializer: 'constant', gain: start, decay: false, ...fans })
    return [add(b, product, bias)]
  },
})
