/** Draws the inside of a block, node by node: each `add` puts a node behind others and returns its id, to be put others behind. */
import type { JsonObject } from '../errors/studio-error.ts'
import {
  blockInputs,
  blockOutputs,
  type NetworkEdge,
  type NetworkGraph,
  type NetworkNode,
  type NodeRepeat,
} from '../network/network-document.ts'

/** A node to put behind others. */
export interface GraphNode {
  readonly type: string
  readonly params?: JsonObject
  readonly repeat?: NodeRepeat
}

export class GraphBuilder {
  /** What arrives at the block's only input. */
  readonly input = blockInputs
  private readonly nodes: NetworkNode[] = []
  private readonly edges: NetworkEdge[] = []

  /** Several sources go to the node's only input one after the other, as into a concatenation. */
  add(id: string, node: GraphNode, ...sources: readonly string[]): string {
    this.nodes.push({ id, ...node })
    for (const source of sources) this.edges.push({ source, target: id })
    return id
  }

  /** Puts a chain behind `source`, without the links that are undefined; returns the id of its last node. */
  chain(source: string, links: readonly (readonly [id: string, node: GraphNode | undefined])[]): string {
    return links.reduce((before, [id, node]) => (node ? this.add(id, node, before) : before), source)
  }

  /** The inside, with `last` leading to the block's only output. */
  finish(last: string): NetworkGraph {
    return { nodes: this.nodes, edges: [...this.edges, { source: last, target: blockOutputs }] }
  }
}
