/**
 * While training, each value is dropped with probability `rate`, and the others are scaled up so that the expected sum stays; afterwards
 * the layer does nothing. Srivastava et al.: Dropout, JMLR 15 (2014), in the inverted form that needs no change at test time.
 * The numbers that decide come from seed and step: a resumed run drops the same values.
 */
import { dropout } from '../ops/dropout.ts'
import { inputAt } from '../ops/expect-type.ts'
import { defineLayer } from './define-layer.ts'
import { boolean } from './params/choices.ts'
import { real } from './params/numbers.ts'

export const dropoutLayer = defineLayer({
  id: 'dropout',
  version: 1,
  category: 'regularisation',
  title: 'Dropout',
  summary: 'Drops values at random while training',
  params: {
    rate: real({ label: 'Rate', help: 'Share of the values that is dropped', min: 0, max: 0.99, default: 0.5 }),
    wholeChannels: boolean({
      label: 'Whole channels',
      help: 'Drops channels of an image as a whole (spatial dropout): neighbouring pixels say much the same',
      default: false,
    }),
  },
  check: () => [],
  lower: (b, inputs, { rate, wholeChannels }) => {
    const x = inputAt(inputs, 0)
    if (!b.training || rate === 0) return [x]
    const shape = wholeChannels ? x.type.shape.map((size, axis) => (axis < 2 ? size : 1)) : x.type.shape
    return [dropout(b, x, b.random('uniform', shape), rate)]
  },
})
