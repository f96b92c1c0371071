/**
 * Connects the parts of a document once its blocks are expanded: each node with its layer and its complete parameters, each input port with the output that feeds
 * it, in an order in which sources come first. Collects every problem on the way.
 */
import type { Issue, JsonObject } from '../errors/studio-error.ts'
import type { LayerDefinition } from '../layers/define-layer.ts'
import { readParams } from '../layers/read-params.ts'
import { layerOf, unknownLayerMessage } from '../layers/registry.ts'
import { expandNetwork, type ExpandedBlock, type ExpansionMemory } from './expand-network.ts'
import type { ImageSize } from './lower-network.ts'
import type { NetworkDocument, NetworkNode } from './network-document.ts'
import { wireGraph, type OutputRef, type Terminal } from './wire-graph.ts'

export type { OutputRef } from './wire-graph.ts'

export interface ResolvedNode {
  readonly id: string
  readonly title: string
  readonly layer: LayerDefinition
  readonly params: JsonObject
  /** Per input port; undefined where no edge ends. */
  readonly inputs: readonly (OutputRef | undefined)[]
}

export interface ResolvedNetwork {
  /** Topological order; nodes of unknown type and nodes on cycles are left out. */
  readonly nodes: readonly ResolvedNode[]
  /** The blocks that were expanded; layers inside have ids that begin with their path. */
  readonly blocks: readonly ExpandedBlock[]
  readonly issues: readonly Issue[]
}

interface Draft extends Terminal {
  readonly layer: LayerDefinition
  readonly params: JsonObject
}

/** What a node alone tells; kept as long as the node is the same object, for documents are never changed in place. */
interface ReadNode {
  readonly draft: Draft | undefined
  readonly issues: readonly Issue[]
}
const readNodes = new WeakMap<NetworkNode, ReadNode>()
const resolvedNodes = new WeakMap<Draft, ResolvedNode>()

/**
 * What did not change since an earlier call comes back as the same objects.
 * @param images size that overrides the input's own
 * @param memory of the expansion of an earlier state of the document
 */
export function resolveNetwork(folded: NetworkDocument, images?: ImageSize, memory?: ExpansionMemory): ResolvedNetwork {
  const { document, blocks, issues: found } = expandNetwork(folded, images, memory)
  const issues = [...found]
  const drafts = draftsOf(document, issues)
  const ids = new Set(document.nodes.map((node) => node.id))
  const wired = wireGraph(drafts, document.edges, { ids })
  const nodes = wired.nodes.flatMap(({ id, inputs }) => {
    const draft = drafts.get(id)
    return draft ? [resolved(draft, inputs)] : []
  })
  return { nodes, blocks, issues: [...issues, ...wired.issues] }
}

function resolved(draft: Draft, inputs: ResolvedNode['inputs']): ResolvedNode {
  const before = resolvedNodes.get(draft)
  if (before && sameInputs(before.inputs, inputs)) return before
  const { id, title, layer, params } = draft
  const node = { id, title, layer, params, inputs }
  resolvedNodes.set(draft, node)
  return node
}

function sameInputs(before: ResolvedNode['inputs'], now: ResolvedNode['inputs']): boolean {
  if (before === now) return true
  return before.length === now.length && before.every((a, i) => a?.node === now[i]?.node && a?.port === now[i]?.port)
}

function draftsOf(document: NetworkDocument, issues: Issue[]): Map<string, Draft> {
  const drafts = new Map<string, Draft>()
  const seen = new Set<string>()
  for (const node of document.nodes) {
    if (seen.has(node.id)) {
      const path = `nodes.${node.id}`
      issues.push({ code: 'network-structure', path, node: node.id, message: 'two nodes have this id: rename one' })
      continue
    }
    seen.add(node.id)
    const read = readNodes.get(node) ?? readNode(node)
    readNodes.set(node, read)
    issues.push(...read.issues)
    if (read.draft) drafts.set(node.id, read.draft)
  }
  return drafts
}

function readNode(node: NetworkNode): ReadNode {
  const path = `nodes.${node.id}`
  const layer = layerOf(node.type)
  if (!layer) {
    const message = unknownLayerMessage(node.type)
    return {
      draft: undefined,
      issues: [{ code: 'unknown-layer', path: `${path}.type`, node: node.id, message }],
    }
  }
  const read = readParams(layer, node.params ?? {}, node.version ?? 1, `${path}.params`, node.id)
  const { inputs, outputs } = layer
  const title = node.name ?? node.id
  return {
    draft: { id: node.id, title, kind: layer.title, inputs, outputs, layer, params: read.params },
    issues: read.issues,
  }
}
