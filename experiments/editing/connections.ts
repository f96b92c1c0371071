/** Edges: whether two ports can be joined, joining them, and taking edges out. */
import { NodeTypes } from '../blocks/node-types.ts'
import type { Port } from '../layers/define-layer.ts'
import {
  blockInputs,
  blockOutputs,
  type NetworkDocument,
  type NetworkEdge,
  type NetworkGraph,
} from '../network/network-document.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { edgeKeys } from './edge-keys.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'

export interface Connection {
  readonly source: string
  /** Default: the only output. */
  readonly sourcePort?: string | undefined
  readonly target: string
  /** Default: the only input. */
  readonly targetPort?: string | undefined
}

export interface NodePorts {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

/** Ports of a node of the graph, or of the border of the block whose inside it is. */
export function portsOf(document: NetworkDocument, place: GraphPlace, id: string): NodePorts | undefined {
  if (id === blockInputs || id === blockOutputs) {
    const block = place === null ? undefined : document.blocks?.[place]
    if (!block) return undefined
    return id === blockInputs ? { inputs: [], outputs: block.inputs } : { inputs: block.outputs, outputs: [] }
  }
  const node = graphAt(document, place)?.nodes.find((candidate) => candidate.id === id)
  return node && NodeTypes.of(document).of(node.type)
}

/** Why the ports cannot be joined; undefined when they can. An input that is taken is no reason: its edge gives way. */
export function connectionProblem(
  document: NetworkDocument,
  place: GraphPlace,
  connection: Connection,
): string | undefined {
  const { source, target } = connection
  const graph = graphAt(document, place)
  const from = portsOf(document, place, source)
  const to = portsOf(document, place, target)
  if (!graph || !from || !to) return 'one of the nodes is not there'
  if (findPort(from.outputs, connection.sourcePort) === undefined) return `${source} has no such output`
  if (findPort(to.inputs, connection.targetPort) === undefined) return `${target} has no such input`
  if (source === target) return 'a node cannot feed itself'
  if (reaches(graph, target, source)) return `data already flows from ${target} to ${source}: this would close a cycle`
  return undefined
}

/** An input port takes one edge: the one that was there gives way. A port that takes many gets one more. */
export function connect(place: GraphPlace, connection: Connection): Edit {
  return {
    kind: 'connect',
    apply: (document) => {
      const problem = connectionProblem(document, place, connection)
      const graph = graphAt(document, place)
      if (problem !== undefined || !graph)
        return refuseEdit(`nodes.${connection.target}`, problem ?? 'there is no such block')
      return {
        ok: true,
        document: withGraph(document, place, { edges: joined(document, place, graph.edges, connection) }),
      }
    },
  }
}

/** Moves one end of an edge, or both, to other ports. An edge into the same port as before keeps its turn among the others there. */
export function reconnect(place: GraphPlace, key: string, connection: Connection): Edit {
  return {
    kind: 'reconnect',
    apply: (document) => {
      const graph = graphAt(document, place)
      const at = graph ? edgeKeys(graph.edges).indexOf(key) : -1
      const before = graph?.edges[at]
      if (!graph || !before) return refuseEdit('', 'there is no such edge')
      const problem = connectionProblem(document, place, connection)
      if (problem !== undefined) return refuseEdit(`nodes.${connection.target}`, problem)
      const input = (target: string, port: string | undefined) =>
        port ?? portsOf(document, place, target)?.inputs[0]?.name
      const keepsInput =
        before.target === connection.target &&
        input(before.target, before.targetPort) === input(connection.target, connection.targetPort)
      const edges = joined(document, place, without(graph.edges, [key]), connection)
      const last = edges.at(-1)
      const inTurn = keepsInput && last ? [...edges.slice(0, at), last, ...edges.slice(at, -1)] : edges
      const isSame = JSON.stringify(inTurn) === JSON.stringify(graph.edges)
      return { ok: true, document: isSame ? document : withGraph(document, place, { edges: inTurn }) }
    },
  }
}

export function disconnect(place: GraphPlace, keys: readonly string[]): Edit {
  return {
    kind: 'disconnect',
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      return { ok: true, document: withGraph(document, place, { edges: without(graph.edges, keys) }) }
    },
  }
}

/** Takes all edges off one port. */
export function unlinkPort(place: GraphPlace, node: string, side: 'input' | 'output', port: string): Edit {
  return {
    kind: 'disconnect',
    apply: (document) => {
      const graph = graphAt(document, place)
      const ports = portsOf(document, place, node)
      if (!graph || !ports) return refuseEdit(`nodes.${node}`, 'there is no such node')
      const edges = graph.edges.filter((edge) => {
        if (side === 'input') return edge.target !== node || (edge.targetPort ?? ports.inputs[0]?.name) !== port
        return edge.source !== node || (edge.sourcePort ?? ports.outputs[0]?.name) !== port
      })
      return { ok: true, document: withGraph(document, place, { edges }) }
    },
  }
}

/** The edges with one more; names of ports are written only where a node has several. */
export function joined(
  document: NetworkDocument,
  place: GraphPlace,
  edges: readonly NetworkEdge[],
  { source, sourcePort, target, targetPort }: Connection,
): readonly NetworkEdge[] {
  const outputs = portsOf(document, place, source)?.outputs ?? []
  const inputs = portsOf(document, place, target)?.inputs ?? []
  const input = findPort(inputs, targetPort)
  const added: NetworkEdge = {
    source,
    ...(outputs.length > 1 && sourcePort !== undefined && { sourcePort }),
    target,
    ...(inputs.length > 1 && targetPort !== undefined && { targetPort }),
  }
  const isTaken = (edge: NetworkEdge) =>
    edge.target === target && (edge.targetPort ?? inputs[0]?.name) === input?.name && input?.variadic !== true
  const at = edges.findIndex(isTaken)
  if (at < 0) return [...edges, added]
  return edges.flatMap((edge, i) => (i === at ? [added] : isTaken(edge) ? [] : [edge]))
}

export function without(edges: readonly NetworkEdge[], keys: readonly string[]): readonly NetworkEdge[] {
  const gone = new Set(keys)
  const names = edgeKeys(edges)
  return edges.filter((_, i) => !gone.has(names[i] ?? ''))
}

function findPort(ports: readonly Port[], name: string | undefined): Port | undefined {
  return name === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports.find((port) => port.name === name)
}

/** Whether a path leads from one node to another. */
export function reaches({ edges }: NetworkGraph, from: string, to: string): boolean {
  const next = new Map<string, string[]>()
  for (const edge of edges) {
    const targets = next.get(edge.source)
    if (targets) targets.push(edge.target)
    else next.set(edge.source, [edge.target])
  }
  const open = [from]
  const seen = new Set(open)
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true
    for (const target of next.get(at) ?? []) {
      if (seen.has(target)) continue
      seen.add(target)
      open.push(target)
    }
  }
  return false
}
