/** Adds a node: alone, behind or before a port, or on an edge. */
import { NodeTypes } from '../blocks/node-types.ts'
import type { JsonObject } from '../errors/studio-error.ts'
import type { NetworkDocument, NetworkEdge, NetworkNode } from '../network/network-document.ts'
import type { Position } from '../network/layered-positions.ts'
import { joined, portsOf, reaches } from './connections.ts'
import { edgeKeys } from './edge-keys.ts'
import { refuseEdit, type Edit, type EditOutcome } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'
import { newNodeId } from './node-ids.ts'

export interface NewNode {
  readonly type: string
  readonly params?: JsonObject
  readonly position?: Position
}

/** What the new node is joined to at once. */
export type Attachment =
  | { readonly behind: string; readonly port?: string | undefined }
  | { readonly before: string; readonly port?: string | undefined }
  | { readonly onEdge: string }

/** Refused when the type is unknown, or has no port to be attached by. */
export function addNode(place: GraphPlace, node: NewNode, attachment?: Attachment): Edit {
  return {
    kind: attachment && 'onEdge' in attachment ? 'insert' : 'add',
    subject: node.type,
    apply: (document) => add(document, place, node, attachment),
  }
}

function add(document: NetworkDocument, place: GraphPlace, node: NewNode, attachment?: Attachment): EditOutcome {
  const graph = graphAt(document, place)
  const types = NodeTypes.of(document)
  const type = types.of(node.type)
  if (!graph) return refuseEdit('', 'there is no such block')
  if (!type) return refuseEdit('', types.unknownMessage(node.type) ?? `"${node.type}" is broken`, 'unknown-layer')
  if (place !== null && containsBlock(document, node.type, place)) {
    return refuseEdit(`blocks.${place}`, `${type.title} would contain itself: a block cannot be inside of itself`)
  }
  const id = newNodeId(node.type, new Set(graph.nodes.map((other) => other.id)))
  const added: NetworkNode = {
    id,
    type: node.type,
    ...(type.version > 1 && { version: type.version }),
    ...(node.params && Object.keys(node.params).length > 0 && { params: node.params }),
    ...(node.position && { position: rounded(node.position) }),
  }
  const grown = withGraph(document, place, { nodes: [...graph.nodes, added] })
  const attached = attachment ? attach(grown, place, graph.edges, id, attachment) : graph.edges
  if (typeof attached === 'string') return refuseEdit(`nodes.${id}`, attached)
  return { ok: true, document: withGraph(grown, place, { edges: attached }), select: [id] }
}

function attach(
  document: NetworkDocument,
  place: GraphPlace,
  edges: readonly NetworkEdge[],
  id: string,
  attachment: Attachment,
): readonly NetworkEdge[] | string {
  const ports = portsOf(document, place, id)
  const sourcePort = ports?.outputs[0]?.name
  const targetPort = ports?.inputs[0]?.name
  if ('behind' in attachment) {
    if (targetPort === undefined) return 'has no input that could be connected'
    return joined(document, place, edges, {
      source: attachment.behind,
      sourcePort: attachment.port,
      target: id,
      targetPort,
    })
  }
  if ('before' in attachment) {
    if (sourcePort === undefined) return 'has no output that could be connected'
    return joined(document, place, edges, {
      source: id,
      sourcePort,
      target: attachment.before,
      targetPort: attachment.port,
    })
  }
  if (sourcePort === undefined || targetPort === undefined) return 'needs an input and an output to be put on an edge'
  return spliced(edges, attachment.onEdge, id, { sourcePort, targetPort }, ports)
}

/** Puts a node that is there already on an edge. What it was connected to on the way is let go. */
export function insertOnEdge(place: GraphPlace, id: string, edgeKey: string, position?: Position): Edit {
  return {
    kind: 'insert',
    subject: id,
    apply: (document) => {
      const graph = graphAt(document, place)
      const ports = portsOf(document, place, id)
      const sourcePort = ports?.outputs[0]?.name
      const targetPort = ports?.inputs[0]?.name
      if (!graph || sourcePort === undefined || targetPort === undefined) {
        return refuseEdit(`nodes.${id}`, 'needs an input and an output to be put on an edge')
      }
      const edge = graph.edges[edgeKeys(graph.edges).indexOf(edgeKey)]
      if (!edge) return refuseEdit(`nodes.${id}`, 'the edge is not there any more')
      if (reaches(graph, id, edge.source) || reaches(graph, edge.target, id)) {
        return refuseEdit(`nodes.${id}`, 'data already flows between this node and the edge: this would close a cycle')
      }
      const edges = spliced(graph.edges, edgeKey, id, { sourcePort, targetPort }, ports)
      const nodes = position
        ? graph.nodes.map((node) => (node.id === id ? { ...node, position: rounded(position) } : node))
        : graph.nodes
      return { ok: true, document: withGraph(document, place, { nodes, edges }), select: [id] }
    },
  }
}

/** The edge that was there leads to the node, and one in its place leads on: the order of edges into a join is kept. */
function spliced(
  edges: readonly NetworkEdge[],
  key: string,
  id: string,
  { sourcePort, targetPort }: { readonly sourcePort: string; readonly targetPort: string },
  ports: { readonly inputs: readonly unknown[]; readonly outputs: readonly unknown[] } | undefined,
): readonly NetworkEdge[] {
  const keys = edgeKeys(edges)
  return edges.flatMap((edge, i): readonly NetworkEdge[] => {
    if (keys[i] !== key) return [edge]
    const { source, sourcePort: from, target, targetPort: to } = edge
    const inward = {
      source,
      ...(from !== undefined && { sourcePort: from }),
      target: id,
      ...((ports?.inputs.length ?? 1) > 1 && { targetPort }),
    }
    const onward = {
      source: id,
      ...((ports?.outputs.length ?? 1) > 1 && { sourcePort }),
      target,
      ...(to !== undefined && { targetPort: to }),
    }
    return [inward, onward]
  })
}

/** Whether the block `outer` is `type` or lies inside of it, so that `type` cannot be put into `outer`. */
export function containsBlock({ blocks = {} }: NetworkDocument, type: string, outer: string): boolean {
  const open = [type]
  const seen = new Set<string>()
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === outer) return true
    if (seen.has(at) || !Object.hasOwn(blocks, at)) continue
    seen.add(at)
    open.push(...(blocks[at]?.nodes.map((node) => node.type) ?? []))
  }
  return false
}

export function rounded({ x, y }: Position): Position {
  return { x: Math.round(x), y: Math.round(y) }
}
