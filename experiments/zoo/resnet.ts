/**
 * Residual networks for ImageNet and their relatives with the same skeleton: a 7x7 convolution, a pooling, four stages of residual blocks.
 * He et al., CVPR 2016, Table 1; Wide ResNet-50-2 of Zagoruyko, Komodakis, BMVC 2016; ResNeXt of Xie et al., CVPR 2017, Table 1.
 * In bottlenecks the stride is in the 3x3 convolution, as in torchvision.
 */
import type { JsonObject } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { chain } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import { imageNet, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

interface ResNet {
  readonly id: string
  readonly title: string
  readonly year: number
  readonly source: string
  readonly block: string
  /** Blocks in conv2_x to conv5_x. */
  readonly blocks: readonly [number, number, number, number]
  /** Further parameters of the blocks of a stage, from 0. */
  readonly params?: (stage: number, wide: (filters: number) => number) => JsonObject
}

function build({ title, block, blocks, params }: ResNet, options: ZooOptions): NetworkDocument {
  const { input, classes } = options
  const wide = widen(options)
  const scale = imageScale(options)
  const stem = scale === 'small' ? { kernel: 3, padding: 1 } : { kernel: 7, stride: 2, padding: 3 }
  const stages = blocks.map((times, stage) => ({
    id: `conv${stage + 2}_x`,
    type: block,
    params: { filters: wide(64 * 2 ** stage), ...params?.(stage, wide) },
    repeat: { times, ...(stage > 0 && { firstStride: 2 }) },
  }))
  return chain(title, [
    { id: 'input', type: 'input', params: { ...input } },
    { id: 'conv1', type: 'conv-norm-activation', params: { filters: wide(64), ...stem } },
    scale === 'large' ? { id: 'pool1', type: 'max-pool2d', params: { kernel: 3, stride: 2, padding: 1 } } : undefined,
    ...stages,
    { id: 'pool5', type: 'global-average-pool' },
    { id: 'fc', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

const paper = 'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016, Table 1'

function resNet(depth: number, block: string, blocks: ResNet['blocks']): ResNet {
  return { id: `resnet${depth}`, title: `ResNet-${depth}`, year: 2015, source: paper, block, blocks }
}

const networks: readonly ResNet[] = [
  resNet(18, 'residual-basic', [2, 2, 2, 2]),
  resNet(34, 'residual-basic', [3, 4, 6, 3]),
  resNet(50, 'residual-bottleneck', [3, 4, 6, 3]),
  resNet(101, 'residual-bottleneck', [3, 4, 23, 3]),
  resNet(152, 'residual-bottleneck', [3, 8, 36, 3]),
  {
    id: 'wrn50-2',
    title: 'Wide ResNet-50-2',
    year: 2016,
    source: 'Zagoruyko, Komodakis: Wide Residual Networks. BMVC 2016, Table 8 (WRN-50-2-bottleneck)',
    block: 'wide-bottleneck',
    blocks: [3, 4, 6, 3],
  },
  {
    id: 'resnext50-32x4d',
    title: 'ResNeXt-50 (32x4d)',
    year: 2016,
    source:
      'Xie, Girshick, Dollár, Tu, He: Aggregated Residual Transformations for Deep Neural Networks. CVPR 2017, Table 1',
    block: 'resnext-bottleneck',
    blocks: [3, 4, 6, 3],
    params: (stage, wide) => ({ cardinality: 32, branchWidth: wide(4 * 2 ** stage) }),
  },
]

export const resNetEntries: readonly ZooEntry[] = networks.map((network) => ({
  id: network.id,
  title: network.title,
  year: network.year,
  source: network.source,
  ...imageNet,
  smallInput: 'below 128 pixels no pool1; below 64 pixels conv1 is 3x3 with stride 1',
  build: (options) => build(network, options),
}))
