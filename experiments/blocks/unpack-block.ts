/**
 * Puts the inside of a block, one level of it, in the place of its node: the inverse of making a block. A repeated node becomes the chain it
 * stands for.
 */
import { expandNetwork } from '../network/expand-network.ts'
import type { ImageSize } from '../network/lower-network.ts'
import {
  blockInputs,
  blockOutputs,
  type NetworkDocument,
  type NetworkEdge,
  type NetworkGraph,
  type NetworkNode,
} from '../network/network-document.ts'
import { freeId, refuse, type BlockEdit } from './block-edit.ts'
import { layOut } from './lay-out.ts'

/**
 * Nodes of a block that the document defines get their own ids back where all of those are free; others are called `block.inner`. The
 * definition of the block stays, for other nodes to use.
 * @param images size that overrides the input's own: shortcuts depend on the channels that arrive
 */
export function unpackBlock(document: NetworkDocument, nodeId: string, images?: ImageSize): BlockEdit {
  const node = document.nodes.find((candidate) => candidate.id === nodeId)
  if (!node) return refuse('network-structure', `nodes.${nodeId}`, 'there is no such node')
  const block = expandNetwork(document, images).blocks.find(({ path }) => path === nodeId)
  if (!block)
    return refuse('network-structure', `nodes.${nodeId}`, `${node.type} is no block: there is nothing to unpack`)
  const names = innerIds(document, node, block.inside, block.category === 'own' && block.times === undefined)
  const inner = layOut(block.inside, node.position).map((moving) => ({
    ...moving,
    id: names.get(moving.id) ?? moving.id,
  }))
  return {
    ok: true,
    document: {
      ...document,
      nodes: document.nodes.flatMap((other) => (other.id === nodeId ? inner : [other])),
      edges: joinEdges(document.edges, nodeId, block.inside, (id) => names.get(id) ?? id),
    },
    moved: new Map([...names].map(([id, now]) => [`${nodeId}/${id}`, now])),
  }
}

function innerIds(
  document: NetworkDocument,
  { id: outer }: NetworkNode,
  inside: NetworkGraph,
  keepsIds: boolean,
): ReadonlyMap<string, string> {
  const taken = new Set(document.nodes.filter((node) => node.id !== outer).map((node) => node.id))
  const isFree = keepsIds && inside.nodes.every(({ id }) => !taken.has(id))
  const names = new Map<string, string>()
  for (const { id } of inside.nodes) {
    const name = isFree ? id : freeId(`${outer}.${id}`.slice(-120).replace(/^[.-]+/, ''), (wanted) => taken.has(wanted))
    taken.add(name)
    names.set(id, name)
  }
  return names
}

type Start = Pick<NetworkEdge, 'source' | 'sourcePort'>

/** The order of edges into a node is kept, because it is the order of a concatenation. */
function joinEdges(
  edges: readonly NetworkEdge[],
  nodeId: string,
  inside: NetworkGraph,
  rename: (id: string) => string,
): readonly NetworkEdge[] {
  const entering = edges.filter((edge) => edge.target === nodeId)
  /** What feeds a port of the block; a port without a name is the only one. */
  const outer = (port: string | undefined): Start | undefined => {
    const edge = entering.find((candidate) => (candidate.targetPort ?? port) === (port ?? candidate.targetPort))
    return edge && start(edge.source, edge.sourcePort)
  }
  const origin = ({ source, sourcePort }: NetworkEdge): Start | undefined =>
    source === blockInputs ? outer(sourcePort) : start(rename(source), sourcePort)
  const exit = (port: string | undefined): Start | undefined => {
    const leaving = inside.edges.filter((edge) => edge.target === blockOutputs)
    const edge = leaving.find((candidate) => (candidate.targetPort ?? port) === (port ?? candidate.targetPort))
    return edge && origin(edge)
  }
  const innerEdges = inside.edges.flatMap((edge): readonly NetworkEdge[] => {
    const from = edge.target === blockOutputs ? undefined : origin(edge)
    const { source: _s, sourcePort: _p, id: _id, ...end } = edge
    return from ? [{ ...end, ...from, target: rename(edge.target) }] : []
  })
  const outerEdges = edges.flatMap((edge): readonly NetworkEdge[] => {
    if (edge.target === nodeId) return []
    if (edge.source !== nodeId) return [edge]
    const { source: _s, sourcePort, ...end } = edge
    const from = exit(sourcePort)
    return from ? [{ ...end, ...from }] : []
  })
  return [...outerEdges, ...innerEdges]
}

function start(source: string, sourcePort: string | undefined): Start {
  return { source, ...(sourcePort !== undefined && { sourcePort }) }
}
