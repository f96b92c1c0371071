/**
 * What an experienced designer would remark on a network that works: savings that cost nothing in sight, and what keeps deep stacks from
 * learning. Notes, not issues: all of it can be right on purpose (AlexNet's 11x11, VGG's dense layers).
 */
import type { LoweredNetwork } from '../network/lower-network.ts'
import type { NetworkAnalysis } from './analyze-network.ts'
import { compareKernels, type KernelComparison, type KernelCost } from './compare-kernels.ts'

export type AdviceKind = 'large-kernel' | 'no-bottleneck' | 'no-shortcuts' | 'saturating' | 'dense-heavy'

export interface Advice {
  readonly kind: AdviceKind
  /** Ids of the layers that it is about, in the order of data flow. */
  readonly nodes: readonly string[]
  /** Share that would be saved, or that a layer holds, from 0 to 1. */
  readonly share?: number
  /** Side of the window. */
  readonly kernel?: number
  /** Weights and multiply-adds as they are, and as they would be. */
  readonly actual?: KernelCost
  readonly alternative?: KernelCost
  /** Layers in a row, or filters of the bottleneck. */
  readonly count?: number
}

/** Plain stacks of more layers than this trained worse than shallower ones (He et al. 2015, figure 1). */
const deepWithoutShortcuts = 18
const saturatingTypes = new Set(['tanh', 'sigmoid'])
/** Gradients shrink with every saturating layer; LeNet-5 has four and learns. */
const saturatingInARow = 5
/** Windows over fewer channels cost little. */
const expensiveChannels = 64
const worthwhile = 0.15

/** @param network lowered for one example */
export function adviseNetwork(network: LoweredNetwork, analysis: NetworkAnalysis): readonly Advice[] {
  const kernels = compareKernels(network)
  return [
    ...largeKernels(kernels),
    ...missingBottlenecks(network, kernels),
    ...missingShortcuts(analysis),
    ...saturation(analysis),
    ...denseHeavy(analysis),
  ]
}

function largeKernels(kernels: readonly KernelComparison[]): readonly Advice[] {
  return kernels.flatMap(({ kind, nodes, kernel, actual, alternative, saving }) =>
    kind === 'large-kernel' && alternative.macs < actual.macs && saving >= worthwhile
      ? [{ kind, nodes, kernel, actual, alternative, share: saving, count: (kernel - 1) / 2 }]
      : [],
  )
}

/** A 1x1 to a quarter of the channels before a 5x5 or larger (Szegedy et al. 2015 take a sixth to a half). */
function missingBottlenecks(network: LoweredNetwork, kernels: readonly KernelComparison[]): readonly Advice[] {
  const behind = new Set(kernels.flatMap(({ kind, nodes }) => (kind === 'bottleneck' ? [nodes[1] ?? ''] : [])))
  return network.nodes.flatMap((node): readonly Advice[] => {
    if (node.layer.id !== 'conv2d' || behind.has(node.id)) return []
    const [, channels = 0] = node.sources[0]?.type.shape ?? []
    const [, filters = 0, height = 0, width = 0] = node.outputs[0]?.type.shape ?? []
    const kernel = node.weights[0]?.shape ?? []
    const [, perGroup = 0, rows = 0, columns = 0] = kernel
    if (rows < 5 || rows !== columns || perGroup !== channels || channels < expensiveChannels) return []
    const [, , sourceHeight = 0, sourceWidth = 0] = node.sources[0]?.type.shape ?? []
    const reduced = Math.max(8, Math.round(channels / 4))
    const params = rows * columns * channels * filters
    const actual = { params, macs: params * height * width }
    const first = channels * reduced
    const second = rows * columns * reduced * filters
    const alternative = { params: first + second, macs: first * sourceHeight * sourceWidth + second * height * width }
    const share = 1 - alternative.macs / actual.macs
    if (share < worthwhile) return []
    return [{ kind: 'no-bottleneck', nodes: [node.id], kernel: rows, actual, alternative, share, count: reduced }]
  })
}

function missingShortcuts({ layers }: NetworkAnalysis): readonly Advice[] {
  const weighted = layers.filter(({ type }) => type === 'conv2d' || type === 'depthwise-conv2d' || type === 'dense')
  const joins = layers.some(({ type }) => type === 'add' || type === 'concatenate')
  if (joins || weighted.length <= deepWithoutShortcuts) return []
  return [{ kind: 'no-shortcuts', nodes: weighted.map(({ id }) => id), count: weighted.length }]
}

function saturation({ layers }: NetworkAnalysis): readonly Advice[] {
  const nodes = layers.filter(({ type }) => saturatingTypes.has(type)).map(({ id }) => id)
  return nodes.length >= saturatingInARow ? [{ kind: 'saturating', nodes, count: nodes.length }] : []
}

function denseHeavy({ layers, params }: NetworkAnalysis): readonly Advice[] {
  const first = layers.find(({ type }) => type === 'dense')
  const inner = first && layers.some(({ type, id }) => type === 'dense' && id !== first.id)
  if (!first || !inner || params === 0 || first.params / params < 0.5) return []
  return [{ kind: 'dense-heavy', nodes: [first.id], share: first.params / params }]
}
