/**
 * Takes one channel of each group in turn, so that what follows in groups sees all of them: channels [g, c / g] are transposed.
 * Zhang et al.: ShuffleNet, 2018.
 */
import { inputAt } from '../ops/expect-type.ts'
import { reshape } from '../ops/reshape.ts'
import { transpose } from '../ops/transpose.ts'
import { checkImages } from './check-images.ts'
import { defineLayer } from './define-layer.ts'
import { integer } from './params/numbers.ts'

export const channelShuffleLayer = defineLayer({
  id: 'channel-shuffle',
  version: 1,
  category: 'shape',
  title: 'Channel shuffle',
  summary: 'Deals the channels of each group out to all groups',
  params: {
    groups: integer({ label: 'Groups', help: 'Groups of the convolution before', min: 1, max: 65_536, default: 2 }),
  },
  check: (inputs, { groups }) => {
    const notImages = checkImages(inputs)
    if (notImages.length > 0) return notImages
    const channels = inputAt(inputs, 0).shape[1] ?? 1
    if (channels % groups === 0) return []
    const message = `${channels} channels cannot be split into ${groups} equal groups: choose a number that divides ${channels}`
    return [{ code: 'shape-mismatch', field: 'groups', message }]
  },
  lower: (b, inputs, { groups }) => {
    const x = inputAt(inputs, 0)
    const [, channels = 1, height = 1, width = 1] = x.type.shape
    const grouped = reshape(b, x, [-1, groups, channels / groups, height * width])
    return [reshape(b, transpose(b, grouped, [0, 2, 1, 3]), [-1, channels, height, width])]
  },
})
