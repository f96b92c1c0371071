/**
 * Turns a selection of nodes into a block of the document, with one node in their place. Every edge that the selection's border cuts
 * becomes a port: one input for each source outside, one output for each source inside.
 */
import type { Port } from '../layers/define-layer.ts'
import {
  blockInputs,
  blockOutputs,
  networkId,
  type NetworkDocument,
  type NetworkEdge,
  type NetworkNode,
  type OwnBlock,
} from '../network/network-document.ts'
import { freeId, refuse, type BlockEdit } from './block-edit.ts'
import { NodeTypes } from './node-types.ts'

export interface NewBlock {
  /** Of the block; its node gets the same, or one that is free. */
  readonly id: string
  readonly title: string
}

export type MadeBlock = BlockEdit & { readonly node?: string }

/** The network computes what it did before; `moved` says where its weights are now. */
export function makeBlockFromSelection(
  document: NetworkDocument,
  nodeIds: readonly string[],
  { id, title }: NewBlock,
): MadeBlock {
  const selected = new Set(nodeIds)
  const inner = document.nodes.filter((node) => selected.has(node.id))
  const problem = checkSelection(document, selected, inner) ?? checkNewBlock(document, id)
  if (problem) return problem
  const cut = cutSelection(document, selected)
  const block: OwnBlock = {
    title,
    inputs: cut.inputs,
    outputs: cut.outputs,
    nodes: inner,
    edges: cut.insideEdges,
  }
  const rest = document.nodes.filter((node) => !selected.has(node.id))
  const node = freeId(id, (candidate) => rest.some((other) => other.id === candidate))
  const folded: NetworkNode = { id: node, type: id, ...centre(inner) }
  const first = document.nodes.findIndex((candidate) => selected.has(candidate.id))
  const before = document.nodes.slice(0, first).filter((candidate) => !selected.has(candidate.id)).length
  return {
    ok: true,
    node,
    document: {
      ...document,
      nodes: [...rest.slice(0, before), folded, ...rest.slice(before)],
      edges: cut.outsideEdges(node),
      blocks: { ...document.blocks, [id]: block },
    },
    moved: new Map(inner.map((moving) => [moving.id, `${node}/${moving.id}`])),
  }
}

function checkSelection(
  document: NetworkDocument,
  selected: ReadonlySet<string>,
  inner: readonly NetworkNode[],
): BlockEdit | undefined {
  if (inner.length === 0) return refuse('network-structure', '', 'nothing is selected: choose the nodes of the block')
  const types = NodeTypes.of(document)
  for (const node of inner) {
    const type = types.of(node.type)
    if (!type) return refuse('unknown-layer', `nodes.${node.id}.type`, types.unknownMessage(node.type) ?? 'is broken')
    if (type.inputs.length === 0 || type.outputs.length === 0) {
      const message = `${type.title} belongs to the network itself: leave ${node.id} out of the selection`
      return refuse('network-structure', `nodes.${node.id}`, message)
    }
  }
  const between = nodeBetween(document.edges, selected)
  if (between === undefined) return undefined
  const message = `data leaves the selection, goes through ${between} and comes back: select ${between} as well`
  return refuse('network-structure', `nodes.${between}`, message)
}

function checkNewBlock(document: NetworkDocument, id: string): BlockEdit | undefined {
  const path = `blocks.${id}`
  const parsed = networkId.safeParse(id)
  if (!parsed.success) return refuse('wrong-type', path, parsed.error.issues[0]?.message ?? 'is no id')
  if (document.blocks?.[id] === undefined && NodeTypes.of(document).of(id) === undefined) return undefined
  return refuse('network-structure', path, `there is already a layer or block "${id}": choose another id`)
}

/** A node outside that lies on a path from the selection back into it. */
function nodeBetween(edges: readonly NetworkEdge[], selected: ReadonlySet<string>): string | undefined {
  const reached = reach(edges, selected, 'source', 'target')
  const reaching = reach(edges, selected, 'target', 'source')
  return [...reached].find((id) => reaching.has(id))
}

/** Nodes outside of the selection that are reached from it along edges, without going through it again. */
function reach(
  edges: readonly NetworkEdge[],
  selected: ReadonlySet<string>,
  from: 'source' | 'target',
  to: 'source' | 'target',
): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  for (const edge of edges) next.set(edge[from], [...(next.get(edge[from]) ?? []), edge[to]])
  const found = new Set<string>()
  const open = [...selected]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const id of next.get(at) ?? []) {
      if (selected.has(id) || found.has(id)) continue
      found.add(id)
      open.push(id)
    }
  }
  return found
}

interface Cut {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly insideEdges: readonly NetworkEdge[]
  /** Edges of the document, with the block's node for the selection. */
  outsideEdges(node: string): readonly NetworkEdge[]
}

/** An end of an edge: a node and, where it is written, its port. */
type End = readonly [node: string, port: string | undefined]

function cutSelection(document: NetworkDocument, selected: ReadonlySet<string>): Cut {
  const entering = document.edges.filter((edge) => !selected.has(edge.source) && selected.has(edge.target))
  const leaving = document.edges.filter((edge) => selected.has(edge.source) && !selected.has(edge.target))
  const loose = looseEnds(document, selected)
  const sources = distinct(entering.map(({ source, sourcePort }): End => [source, sourcePort]))
  const exits = distinct([...leaving.map(({ source, sourcePort }): End => [source, sourcePort]), ...loose.outputs])
  const inputs = portNames('input', sources.length + loose.inputs.length)
  const outputs = portNames('output', exits.length)
  const inputOf = (source: End) => inputs[indexOf(sources, source)] ?? ''
  const outputOf = (source: End) => outputs[indexOf(exits, source)] ?? ''

  const crossing = document.edges.flatMap((edge): readonly NetworkEdge[] => {
    if (!selected.has(edge.target)) return []
    if (selected.has(edge.source)) return [edge]
    const { source, sourcePort, ...end } = edge
    return [{ ...end, source: blockInputs, sourcePort: inputOf([source, sourcePort]) }]
  })
  const looseInputs = loose.inputs.map(([target, targetPort], i) => ({
    source: blockInputs,
    sourcePort: inputs[sources.length + i] ?? '',
    target,
    ...(targetPort !== undefined && { targetPort }),
  }))
  const exitEdges = exits.map(([source, sourcePort], i) => ({
    source,
    ...(sourcePort !== undefined && { sourcePort }),
    target: blockOutputs,
    targetPort: outputs[i] ?? '',
  }))
  return {
    inputs: inputs.map((name) => ({ name })),
    outputs: outputs.map((name) => ({ name })),
    insideEdges: [...crossing, ...looseInputs, ...exitEdges],
    outsideEdges: (node) => {
      const entered = new Set<string>()
      return document.edges.flatMap((edge): readonly NetworkEdge[] => {
        const { source, sourcePort, target, targetPort, ...rest } = edge
        if (selected.has(source) && selected.has(target)) return []
        if (selected.has(source))
          return [{ ...rest, source: node, sourcePort: outputOf([source, sourcePort]), target, ...port(targetPort) }]
        if (!selected.has(target)) return [edge]
        const input = inputOf([source, sourcePort])
        if (entered.has(input)) return []
        entered.add(input)
        return [{ ...rest, source, ...fromPort(sourcePort), target: node, targetPort: input }]
      })
    },
  }
}

function port(targetPort: string | undefined): { readonly targetPort?: string } {
  return targetPort === undefined ? {} : { targetPort }
}

function fromPort(sourcePort: string | undefined): { readonly sourcePort?: string } {
  return sourcePort === undefined ? {} : { sourcePort }
}

/** Ports of the selection that no edge touches: a half-drawn block gets ports for them too. */
function looseEnds(
  { nodes, edges, blocks }: NetworkDocument,
  selected: ReadonlySet<string>,
): { readonly inputs: readonly End[]; readonly outputs: readonly End[] } {
  const types = NodeTypes.of({ format: 'strata.network', version: 1, name: 'x', nodes: [], edges: [], blocks })
  const ends = (side: 'inputs' | 'outputs', node: 'target' | 'source', portKey: 'targetPort' | 'sourcePort') =>
    nodes
      .filter((candidate) => selected.has(candidate.id))
      .flatMap((candidate) => {
        const ports = types.of(candidate.type)?.[side] ?? []
        const touched = edges
          .filter((edge) => edge[node] === candidate.id)
          .map((edge) => edge[portKey] ?? ports[0]?.name)
        return ports
          .filter(({ name }) => !touched.includes(name))
          .map(({ name }): End => [candidate.id, ports.length > 1 ? name : undefined])
      })
  return { inputs: ends('inputs', 'target', 'targetPort'), outputs: ends('outputs', 'source', 'sourcePort') }
}

function portNames(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}${i + 1}`)
}

function distinct(ends: readonly End[]): readonly End[] {
  return ends.filter((end, i) => indexOf(ends, end) === i)
}

function indexOf(ends: readonly End[], [node, at]: End): number {
  return ends.findIndex((end) => end[0] === node && end[1] === at)
}

/** The middle of where nodes are drawn. */
export function centre(nodes: readonly NetworkNode[]): Pick<NetworkNode, 'position'> {
  const places = nodes.flatMap((node) => node.position ?? [])
  if (places.length === 0) return {}
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2
  return { position: { x: middle(places.map(({ x }) => x)), y: middle(places.map(({ y }) => y)) } }
}
