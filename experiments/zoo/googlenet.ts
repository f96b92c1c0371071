/**
 * GoogLeNet: Szegedy et al.: Going Deeper with Convolutions, CVPR 2015, Table 1, in torchvision's form: batch normalisation, and 3x3
 * windows in the branch that the paper calls 5x5. The naive form has modules without 1x1 bottlenecks (Fig. 2a); its maps grow from module
 * to module, which is why the paper does not use it.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain, chainSpacing, type ChainLink } from './chain.ts'
import { imageScale, widen } from './image-scale.ts'
import { imageNet, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

/** #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj of Table 1. */
const modules = {
  '3a': [64, 96, 128, 16, 32, 32],
  '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64],
  '4b': [160, 112, 224, 24, 64, 64],
  '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64],
  '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128],
  '5b': [384, 192, 384, 48, 128, 128],
} as const

const epsilon = 0.001

export interface GoogLeNetOptions extends ZooOptions {
  /** Auxiliary classifiers behind 4a and 4d, which help training and are cut off afterwards. Default false, as networks are published. */
  readonly auxiliaryHeads?: boolean
}

export function googLeNet(form: 'inception' | 'inception-naive', options: GoogLeNetOptions): NetworkDocument {
  const { input, classes, auxiliaryHeads = false } = options
  const wide = widen(options)
  const scale = imageScale(options)
  const stem = scale === 'small' ? { kernel: 3, padding: 1 } : { kernel: 7, stride: 2, padding: 3 }
  const conv = (id: string, filters: number, params: ChainLink['params']): ChainLink => ({
    id,
    type: 'conv-norm-activation',
    params: { filters: wide(filters), epsilon, ...params },
  })
  const pool = (id: string, kernel: number): ChainLink => ({
    id,
    type: 'max-pool2d',
    params: { kernel, stride: 2, ceilMode: true },
  })
  const inception = (name: keyof typeof modules): ChainLink => {
    const [filters1x1, reduce3x3, filters3x3, reduce5x5, filters5x5, poolProjection] = modules[name].map(wide)
    const widths = { filters1x1, filters3x3, filters5x5 }
    const bottlenecks = form === 'inception' ? { reduce3x3, reduce5x5, poolProjection } : {}
    const style = { largeBranch: '3x3', norm: 'batch', epsilon }
    return { id: `inception_${name}`, type: form, params: defined({ ...widths, ...bottlenecks, ...style }) }
  }
  const network = chain(form === 'inception' ? 'GoogLeNet' : 'GoogLeNet, naive', [
    { id: 'input', type: 'input', params: { ...input } },
    conv('conv1', 64, stem),
    scale === 'large' ? pool('pool1', 3) : undefined,
    conv('conv2_reduce', 64, { kernel: 1 }),
    conv('conv2', 192, { padding: 1 }),
    pool('pool2', 3),
    inception('3a'),
    inception('3b'),
    pool('pool3', 3),
    inception('4a'),
    inception('4b'),
    inception('4c'),
    inception('4d'),
    inception('4e'),
    pool('pool4', 2),
    inception('5a'),
    inception('5b'),
    { id: 'pool5', type: 'global-average-pool' },
    { id: 'drop', type: 'dropout', params: { rate: 0.2 } },
    { id: 'fc', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
  if (!auxiliaryHeads) return network
  const heads = [
    { id: 'aux1', source: 'inception_4a' },
    { id: 'aux2', source: 'inception_4d' },
  ]
  return heads.reduce((document, { id, source }) => withHead(document, id, source, wide, classes), network)
}

/** Puts an auxiliary classifier beside the network (section 5 of the paper, in torchvision's form: its pooling always leaves 4x4). */
function withHead(
  document: NetworkDocument,
  id: string,
  source: string,
  wide: (filters: number) => number,
  classes: number,
): NetworkDocument {
  const head = chain(id, [
    { id: `${id}_pool`, type: 'adaptive-average-pool2d', params: { size: 4 } },
    { id: `${id}_conv`, type: 'conv-norm-activation', params: { filters: wide(128), kernel: 1, epsilon } },
    { id: `${id}_flatten`, type: 'flatten' },
    { id: `${id}_fc1`, type: 'dense', params: { units: wide(1024) } },
    { id: `${id}_relu`, type: 'relu' },
    { id: `${id}_drop`, type: 'dropout', params: { rate: 0.7 } },
    { id: `${id}_fc2`, type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id, type: 'classifier', params: { role: 'auxiliary', weight: 0.3 } },
  ])
  const start = document.nodes.find((node) => node.id === source)?.position ?? { x: 0, y: 0 }
  const beside = head.nodes.map((node, i) => ({
    ...node,
    position: { x: start.x + 320, y: start.y + (i + 1) * chainSpacing },
  }))
  return {
    ...document,
    nodes: [...document.nodes, ...beside],
    edges: [...document.edges, { source, target: `${id}_pool` }, ...head.edges],
  }
}

function defined(params: Readonly<Record<string, string | number | undefined>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

const smallInput = 'below 128 pixels no pool1; below 64 pixels conv1 is 3x3 with stride 1'
const paper = 'Szegedy et al.: Going Deeper with Convolutions. CVPR 2015'

export const googLeNetEntries: readonly ZooEntry[] = [
  {
    id: 'googlenet',
    title: 'GoogLeNet',
    year: 2014,
    source: `${paper}, Table 1; as in torchvision with batch normalisation, 3x3 for the 5x5, no auxiliary heads`,
    ...imageNet,
    smallInput,
    build: (options) => googLeNet('inception', options),
  },
  {
    id: 'googlenet-naive',
    title: 'GoogLeNet, naive modules',
    year: 2014,
    source: `${paper}, Table 1 with the modules of Fig. 2a: no 1x1 bottlenecks, pooling keeps all channels`,
    ...imageNet,
    smallInput,
    build: (options) => googLeNet('inception-naive', options),
  },
]
