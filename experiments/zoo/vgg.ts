/** VGG: Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015, Table 1, columns D and E. */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import { imageNet, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

const filters = [64, 128, 256, 512, 512]
const convolutions = { 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const

export function vgg(depth: 16 | 19, options: ZooOptions): NetworkDocument {
  const { input, classes } = options
  const wide = widen(options)
  const scale = imageScale(options)
  const units = wide({ large: 4096, medium: 1024, small: 512 }[scale])
  const side = Math.min(input.height, input.width)
  const stacks = convolutions[depth].map((count, i) => ({
    id: `conv${i + 1}`,
    type: 'vgg-stack',
    params: {
      filters: wide(filters[i] ?? 512),
      convolutions: count,
      ...(scale !== 'large' && { norm: 'batch' }),
      ...(side < 2 ** (i + 1) && { pooling: false }),
    },
  }))
  return chain(`VGG-${depth}`, [
    { id: 'input', type: 'input', params: { ...input } },
    ...stacks,
    { id: 'flatten', type: 'flatten' },
    { id: 'fc6', type: 'dense', params: { units } },
    { id: 'relu6', type: 'relu' },
    { id: 'drop6', type: 'dropout' },
    { id: 'fc7', type: 'dense', params: { units } },
    { id: 'relu7', type: 'relu' },
    { id: 'drop7', type: 'dropout' },
    { id: 'fc8', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

function entry(depth: 16 | 19, column: string): ZooEntry {
  return {
    id: `vgg${depth}`,
    title: `VGG-${depth}`,
    year: 2014,
    source: `Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR 2015, Table 1, column ${column}`,
    ...imageNet,
    smallInput:
      'below 128 pixels with batch normalisation and 1024 units in fc6 and fc7, below 64 pixels 512; no pooling once the map is one pixel',
    build: (options) => vgg(depth, options),
  }
}

export const vggEntries: readonly ZooEntry[] = [entry(16, 'D'), entry(19, 'E')]
