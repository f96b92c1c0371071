/**
 * Connects the parts of a document once its blocks are expanded: each node with its layer and its complete parameters, each input port with the output that feeds
 * it, in an order in which sources come first. Collects every problem on the way.
 */
import type { Issue, JsonObject } from '../errors/studio-error.ts'
import type { LayerDefinition } from '../layers/define-layer.ts'
import { readParams } from '../layers/read-params.ts'
import { layerOf, unknownLayerMessage } from '../layers/registry.ts'
import { expandNetwork, type ExpandedBlock } from './expand-network.ts'
import type { ImageSize } from './lower-network.ts'
import type { NetworkDocument } from './network-document.ts'
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

/** @param images size that overrides the input's own */
export function resolveNetwork(folded: NetworkDocument, images?: ImageSize): ResolvedNetwork {
  const { document, blocks, issues: found } = expandNetwork(folded, images)
  const issues = [...found]
  const drafts = resolveNodes(document, issues)
  const ids = new Set(document.nodes.map((node) => node.id))
  const wired = wireGraph(drafts, document.edges, { ids })
  const nodes = wired.nodes.flatMap(({ id, inputs }) => {
    const draft = drafts.get(id)
    return draft ? [{ id, title: draft.title, layer: draft.layer, params: draft.params, inputs }] : []
  })
  return { nodes, blocks, issues: [...issues, ...wired.issues] }
}

function resolveNodes(document: NetworkDocument, issues: Issue[]): Map<string, Draft> {
  const drafts = new Map<string, Draft>()
  const seen = new Set<string>()
  for (const node of document.nodes) {
    const path = `nodes.${node.id}`
    if (seen.has(node.id)) {
      issues.push({ code: 'network-structure', path, node: node.id, message: 'two nodes have this id: rename one' })
      continue
    }
    seen.add(node.id)
    const layer = layerOf(node.type)
    if (!layer) {
      issues.push({
        code: 'unknown-layer',
        path: `${path}.type`,
        node: node.id,
        message: unknownLayerMessage(node.type),
      })
      continue
    }
    const read = readParams(layer, node.params ?? {}, node.version ?? 1, `${path}.params`, node.id)
    issues.push(...read.issues)
    const { inputs, outputs } = layer
    const title = node.name ?? node.id
    drafts.set(node.id, { id: node.id, title, kind: layer.title, inputs, outputs, layer, params: read.params })
  }
  return drafts
}
