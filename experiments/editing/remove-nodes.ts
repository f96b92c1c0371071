/** Takes nodes out, with their edges, or so that data flows on past where they were. */
import type { NetworkEdge } from '../network/network-document.ts'
import { edgeKeys } from './edge-keys.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'

export interface Removal {
  /** Ids of nodes and annotations. */
  readonly ids: readonly string[]
  /** Keys of edges that go as well. */
  readonly edges?: readonly string[]
  /** What fed a node feeds then what it fed. Default: no. */
  readonly keepWires?: boolean
  readonly kind?: 'delete' | 'cut'
}

export function removeNodes(place: GraphPlace, { ids, edges: edgesGone = [], keepWires = false, kind }: Removal): Edit {
  return {
    kind: keepWires ? 'delete-keeping-wires' : (kind ?? (ids.length === 0 ? 'disconnect' : 'delete')),
    subject: ids.length === 1 ? (ids[0] ?? '') : String(ids.length + edgesGone.length),
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      const gone = new Set(ids)
      const keys = edgeKeys(graph.edges)
      const keysGone = new Set(edgesGone)
      let edges = graph.edges.filter((_, i) => !keysGone.has(keys[i] ?? ''))
      if (keepWires) for (const id of ids) edges = bridge(edges, id)
      const unfolded = document.unfolded?.filter((path) => place !== null || !gone.has(path.split('/')[0] ?? ''))
      const changed = withGraph(document, place, {
        nodes: graph.nodes.filter((node) => !gone.has(node.id)),
        edges: edges.filter(({ source, target }) => !gone.has(source) && !gone.has(target)),
        ...(graph.annotations && { annotations: graph.annotations.filter(({ id }) => !gone.has(id)) }),
      })
      return { ok: true, document: unfolded ? { ...changed, unfolded } : changed, select: [] }
    },
  }
}

/** What fed the first input of the node feeds what the node fed. */
function bridge(edges: readonly NetworkEdge[], id: string): NetworkEdge[] {
  const feed = edges.find((edge) => edge.target === id)
  return edges.flatMap((edge) => {
    if (edge.target === id) return []
    if (edge.source !== id) return [edge]
    if (!feed || feed.source === edge.target) return []
    const { source: _source, sourcePort: _port, ...end } = edge
    const { source, sourcePort } = feed
    return [{ ...end, source, ...(sourcePort !== undefined && { sourcePort }) }]
  })
}
