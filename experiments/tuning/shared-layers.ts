/** The layers in front of the first difference between two networks: what they have learnt in one of them is of use in the other. */
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { resolveNetwork, type ResolvedNode } from '../network/resolve-network.ts'

/**
 * Ids of the layers with weights that are equal in both, with everything that leads to them. Empty where the whole networks are equal: then nothing
 * but settings of the training differ, and those are compared from the same beginning.
 */
export function sharedLayers(parent: NetworkDocument, child: NetworkDocument): readonly string[] {
  const before = new Map(resolveNetwork(parent).nodes.map((node) => [node.id, node]))
  const shared = new Set<string>()
  for (const node of resolveNetwork(child).nodes) {
    const other = before.get(node.id)
    const leadsHere = node.inputs.every((input) => input !== undefined && shared.has(input.node))
    if (other !== undefined && leadsHere && isEqual(node, other)) shared.add(node.id)
  }
  const { weights, states } = lowerNetwork(child, { mode: 'inference', batch: 1 })
  const weighted = [...new Set([...weights, ...states].map(({ node }) => node))]
  const taken = weighted.filter((node) => shared.has(node))
  return taken.length === weighted.length ? [] : taken
}

function isEqual(a: ResolvedNode, b: ResolvedNode): boolean {
  const essence = ({ layer, params, inputs }: ResolvedNode) => JSON.stringify([layer.id, params, inputs])
  return essence(a) === essence(b)
}
