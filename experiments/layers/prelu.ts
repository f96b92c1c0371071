/** As leaky ReLU, with a slope below zero that is learned for each channel, or one for all. He et al.: Delving Deep into Rectifiers, 2015. */
import { inputAt } from '../ops/expect-type.ts'
import { prelu } from '../ops/prelu.ts'
import { reshape } from '../ops/reshape.ts'
import { defineLayer } from './define-layer.ts'
import { boolean } from './params/choices.ts'
import { real } from './params/numbers.ts'

export const preluLayer = defineLayer({
  id: 'prelu',
  version: 1,
  category: 'activation',
  title: 'PReLU',
  summary: 'A learned part of the input below zero, unchanged above',
  params: {
    shared: boolean({ label: 'One slope', help: 'One slope for all channels instead of one for each', default: false }),
    initialSlope: real({ label: 'Initial slope', help: 'Where learning begins', min: -1, max: 1, default: 0.25 }),
  },
  check: () => [],
  lower: (b, inputs, { shared, initialSlope }) => {
    const x = inputAt(inputs, 0)
    const count = shared ? 1 : (x.type.shape[1] ?? 1)
    const options = { initializer: 'constant', gain: initialSlope, decay: false, fanIn: 1, fanOut: 1 } as const
    const slope = b.weight('slope', [count], options)
    return [prelu(b, x, reshape(b, slope, [count, ...x.type.shape.slice(2).map(() => 1)]))]
  },
})
