/**
 * Zeros around the image, and behind its channels. Together with a pooling of stride 2 the latter is the shortcut without weights of
 * He et al. 2015 (option A).
 */
import { inputAt } from '../ops/expect-type.ts'
import { pad } from '../ops/pad.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { edges } from './params/edges.ts'
import { integer } from './params/numbers.ts'

export const zeroPadLayer = defineLayer({
  id: 'zero-pad',
  version: 1,
  category: 'shape',
  title: 'Zero padding',
  summary: 'Zeros around the image or behind its channels',
  params: {
    padding: edges({ label: 'Padding', help: 'Rows and columns of zeros at each side', default: [0, 0, 0, 0] }),
    channelsBefore: integer({
      label: 'Channels before',
      help: 'Channels of zeros in front of the others',
      min: 0,
      max: 65_536,
      default: 0,
    }),
    channelsAfter: integer({
      label: 'Channels after',
      help: 'Channels of zeros behind the others',
      min: 0,
      max: 65_536,
      default: 0,
    }),
  },
  check: checkImages,
  lower: (b, inputs, { padding: [top, right, bottom, left], channelsBefore, channelsAfter }) => [
    pad(b, inputAt(inputs, 0), [0, channelsBefore, top, left], [0, channelsAfter, bottom, right]),
  ],
})
