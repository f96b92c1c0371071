/** Builds a document of layers and blocks one behind the other. */
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'

/** A node; its place follows from the order. */
export type ChainLink = Omit<NetworkNode, 'position'>

export const chainSpacing = 110

/** Links that are undefined are left out. */
export function chain(name: string, links: readonly (ChainLink | undefined)[]): NetworkDocument {
  const nodes = links
    .filter((link) => link !== undefined)
    .map((link, i): NetworkNode => ({ ...link, position: { x: 0, y: i * chainSpacing } }))
  return {
    format: 'strata.network',
    version: 1,
    name,
    nodes,
    edges: nodes.slice(1).map((node, i) => ({ source: nodes[i]?.id ?? '', target: node.id })),
  }
}
