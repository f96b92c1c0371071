/**
 * The small residual networks for CIFAR-10 and their plain twins: He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR
 * 2016, section 4.2. Depth 6n + 2: a 3x3 convolution, then three stages of n blocks with 16, 32 and 64 filters. Shortcuts are of option A,
 * so a residual network has exactly the weights of its plain twin. The pre-activation form is that of Identity Mappings, ECCV 2016.
 */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain, type ChainLink } from './chain.ts'
import { widen } from './image-scale.ts'
import { cifar10, type ZooEntry, type ZooOptions } from './zoo-entry.ts'

interface SmallResNet {
  readonly title: string
  readonly block: string
  readonly depth: number
}

function build({ title, block, depth }: SmallResNet, options: ZooOptions): NetworkDocument {
  const { input, classes } = options
  const wide = widen(options)
  const preActivation = block === 'preactivation-basic'
  const shortcut = block === 'plain-basic' ? {} : { shortcut: 'zero-pad' }
  const stages = [16, 32, 64].map((filters, stage) => ({
    id: `conv${stage + 2}_x`,
    type: block,
    params: { filters: wide(filters), ...shortcut },
    repeat: { times: (depth - 2) / 6, ...(stage > 0 && { firstStride: 2 }) },
  }))
  const first: ChainLink = preActivation
    ? { id: 'conv1', type: 'conv2d', params: { filters: wide(16), padding: 1, bias: false } }
    : { id: 'conv1', type: 'conv-norm-activation', params: { filters: wide(16), padding: 1 } }
  return chain(title, [
    { id: 'input', type: 'input', params: { ...input } },
    first,
    ...stages,
    preActivation ? { id: 'norm', type: 'batch-normalization' } : undefined,
    preActivation ? { id: 'relu', type: 'relu' } : undefined,
    { id: 'pool', type: 'global-average-pool' },
    { id: 'fc', type: 'dense', params: { units: classes, initializer: 'glorot-normal' } },
    { id: 'classifier', type: 'classifier' },
  ])
}

const paper = 'He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016, section 4.2 and Table 6'
const smallInput = 'made for 32x32; other sizes need no change'

function entry(id: string, network: SmallResNet, year: number, source: string): ZooEntry {
  return { id, title: network.title, year, source, ...cifar10, smallInput, build: (options) => build(network, options) }
}

export const cifarResNetEntries: readonly ZooEntry[] = [
  ...[20, 32, 44, 56, 110].map((depth) => {
    const network = { title: `ResNet-${depth} (CIFAR)`, block: 'residual-basic', depth }
    return entry(`resnet${depth}`, network, 2015, `${paper}; shortcuts of option A`)
  }),
  ...[20, 56].map((depth) => {
    const network = { title: `Plain-${depth} (CIFAR)`, block: 'plain-basic', depth }
    return entry(`plain${depth}`, network, 2015, `${paper}; the twin without shortcuts`)
  }),
  entry(
    'preact-resnet20',
    { title: 'Pre-activation ResNet-20 (CIFAR)', block: 'preactivation-basic', depth: 20 },
    2016,
    'He, Zhang, Ren, Sun: Identity Mappings in Deep Residual Networks. ECCV 2016, Fig. 4e; shortcuts of option A',
  ),
]
