/** Exchanges a block for a sibling that suits the same place: naive for bottleneck Inception, plain for residual, basic for bottleneck. */
import { readParams, writeParams } from '../layers/read-params.ts'
import type { NetworkNode } from '../network/network-document.ts'
import { blockOf } from './registry.ts'

/** Ids of the blocks that `type` can be exchanged for. */
export function variantsOf(type: string): readonly string[] {
  return blockOf(type)?.variants.map((variant) => variant.to) ?? []
}

/**
 * The node as another block: same id, name, place and repetition, and parameters that do the most similar thing. Weights inside keep their
 * ids where both blocks have them.
 * @returns undefined when `to` is no variant of the node's block
 */
export function swapVariant(node: NetworkNode, to: string): NetworkNode | undefined {
  const block = blockOf(node.type)
  const target = blockOf(to)
  const variant = block?.variants.find((candidate) => candidate.to === to)
  if (!block || !target || !variant) return undefined
  const { params } = readParams(block, node.params ?? {}, node.version ?? 1, '', node.id)
  const mapped = readParams(target, variant.params(params), target.version, '', node.id)
  const { version: _, ...kept } = node
  const version = target.version === 1 ? {} : { version: target.version }
  return { ...kept, type: to, ...version, params: writeParams(target, mapped.params) }
}
