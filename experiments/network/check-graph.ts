/**
 * Checks the graph of a network or of a block: each node with its type and its complete parameters, each edge with its ports. What is
 * sound comes back, so that the rest of a half-drawn network is still expanded and analysed; what is not is named.
 */
import type { NodeType } from '../blocks/node-types.ts'
import type { Issue, JsonObject } from '../errors/studio-error.ts'
import type { Port } from '../layers/define-layer.ts'
import { readParams, writeParams } from '../layers/read-params.ts'
import { blockInputs, blockOutputs, type NetworkGraph, type NetworkNode } from './network-document.ts'
import { wireGraph, type Terminal, type WiredNode } from './wire-graph.ts'

/** Looks types of nodes up. */
export interface TypeLookup {
  of(type: string): NodeType | undefined
  /** Undefined when the type is known, but so broken that its own definition has been reported. */
  unknownMessage(type: string): string | undefined
}

export interface CheckedNode extends Terminal {
  /** With parameters that its type accepts. */
  readonly node: NetworkNode
  readonly type: NodeType
  /** Complete. */
  readonly params: JsonObject
}

export interface CheckedGraph {
  /** As it came. */
  readonly graph: NetworkGraph
  readonly nodes: ReadonlyMap<string, CheckedNode>
  /** Sources first; in the graph of a block, its inputs and outputs are among them. */
  readonly wired: readonly WiredNode[]
  readonly issues: readonly Issue[]
}

export interface GraphPlace {
  /** In front of the paths of issues, such as `blocks.stem.`. Default: none, the network itself. */
  readonly place?: string
  /** The ports of the block whose inside the graph is. */
  readonly ports?: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] }
}

export function checkGraph(
  graph: NetworkGraph,
  types: TypeLookup,
  { place = '', ports }: GraphPlace = {},
): CheckedGraph {
  const issues: Issue[] = []
  const nodes = new Map<string, CheckedNode>()
  const ids = new Set<string>()
  for (const node of graph.nodes) {
    if (ids.has(node.id)) {
      issues.push(problem(place, node.id, '', 'network-structure', 'two nodes have this id: rename one'))
      continue
    }
    ids.add(node.id)
    const { checked, issues: found } = checkedNode(node, types, place)
    issues.push(...found)
    if (checked) nodes.set(node.id, checked)
  }
  const terminals = new Map<string, Terminal>(nodes)
  for (const terminal of ports ? boundary(ports) : []) terminals.set(terminal.id, terminal)
  const wired = wireGraph(terminals, graph.edges, { ids: new Set([...terminals.keys(), ...ids]), place })
  return { graph, nodes, wired: wired.nodes, issues: [...issues, ...wired.issues] }
}

/** What was found in a node the last time; documents are never changed in place. */
interface KnownNode {
  readonly types: TypeLookup
  readonly place: string
  readonly checked: CheckedNode | undefined
  readonly issues: readonly Issue[]
}
const knownNodes = new WeakMap<NetworkNode, KnownNode>()

function checkedNode(node: NetworkNode, types: TypeLookup, place: string): KnownNode {
  const known = knownNodes.get(node)
  if (known?.types === types && known.place === place) return known
  const issues: Issue[] = []
  const made = { types, place, checked: checkNode(node, types, place, issues), issues }
  knownNodes.set(node, made)
  return made
}

function checkNode(node: NetworkNode, types: TypeLookup, place: string, issues: Issue[]): CheckedNode | undefined {
  const type = types.of(node.type)
  if (!type) {
    const message = types.unknownMessage(node.type)
    if (message !== undefined) issues.push(problem(place, node.id, 'type', 'unknown-layer', message))
    return undefined
  }
  const path = `${place}nodes.${node.id}.params`
  const read = readParams(type, node.params ?? {}, node.version ?? 1, path, node.id)
  issues.push(...read.issues.map((issue) => (place === '' ? issue : withoutNode(issue))))
  const repeatProblem = checkRepeat(node, type)
  if (repeatProblem !== undefined) issues.push(problem(place, node.id, 'repeat', 'network-structure', repeatProblem))
  const { repeat: _, ...once } = node
  const kept = repeatProblem === undefined ? node : once
  return {
    id: node.id,
    title: node.name ?? node.id,
    kind: type.title,
    inputs: type.inputs,
    outputs: type.outputs,
    node: read.issues.length === 0 ? kept : { ...kept, version: type.version, params: writeParams(type, read.params) },
    type,
    params: read.params,
  }
}

function checkRepeat({ repeat }: NetworkNode, type: NodeType): string | undefined {
  if (!repeat) return undefined
  if (type.inputs.length !== 1 || type.outputs.length !== 1)
    return `${type.title} cannot be repeated in a chain: it needs exactly one input and one output`
  if (repeat.firstStride !== undefined && !Object.hasOwn(type.params, 'stride'))
    return `${type.title} has no stride that the first of the chain could have: remove firstStride`
  return undefined
}

/** The ports of a block, seen from its inside: what arrives starts edges, what leaves ends them. */
function boundary({ inputs, outputs }: NonNullable<GraphPlace['ports']>): readonly Terminal[] {
  return [
    { id: blockInputs, title: 'the input of the block', kind: 'block', inputs: [], outputs: inputs },
    { id: blockOutputs, title: 'the output of the block', kind: 'block', inputs: outputs, outputs: [] },
  ]
}

function problem(place: string, node: string, field: string, code: Issue['code'], message: string): Issue {
  const path = `${place}nodes.${node}${field === '' ? '' : `.${field}`}`
  return { code, path, message, ...(place === '' && { node }) }
}

/** Issues name nodes of the network itself; those inside of a definition have a path only. */
function withoutNode({ code, path, message, severity }: Issue): Issue {
  return { code, path, message, ...(severity && { severity }) }
}
