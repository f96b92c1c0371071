/** What a network only trains with: auxiliary classifiers, and all layers that lead to nothing else. */
import type { ResolvedNode } from './resolve-network.ts'

export function isTrainingOnly({ layer, params }: ResolvedNode): boolean {
  return layer.isTrainingOnly?.(params) === true
}

/** The nodes that remain when the network is used. */
export function withoutTrainingOnly(nodes: readonly ResolvedNode[]): readonly ResolvedNode[] {
  if (!nodes.some(isTrainingOnly)) return nodes
  const feedsOthers = new Set<string>()
  const feedsKept = new Set<string>()
  const kept = nodes.toReversed().filter((node) => {
    const isKept = !isTrainingOnly(node) && (feedsKept.has(node.id) || !feedsOthers.has(node.id))
    for (const ref of node.inputs) {
      if (!ref) continue
      feedsOthers.add(ref.node)
      if (isKept) feedsKept.add(ref.node)
    }
    return isKept
  })
  return kept.reverse()
}
