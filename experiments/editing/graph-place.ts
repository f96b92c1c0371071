/** Which graph of a document an edit is about: the network itself, or the inside of a block that the document defines. */
import type {
  Annotation,
  NetworkDocument,
  NetworkEdge,
  NetworkGraph,
  NetworkNode,
} from '../network/network-document.ts'
import { ownBlock } from './own-block.ts'
import { withLiveSettings } from './without-setting.ts'

/** Id of the document's own block; null for the network itself. */
export type GraphPlace = string | null

export interface EditableGraph extends NetworkGraph {
  readonly annotations?: readonly Annotation[] | undefined
}

/** Undefined when the document has no such block. */
export function graphAt(document: NetworkDocument, place: GraphPlace): EditableGraph | undefined {
  return place === null ? document : ownBlock(document, place)
}

export interface GraphChange {
  readonly nodes?: readonly NetworkNode[]
  readonly edges?: readonly NetworkEdge[]
  readonly annotations?: readonly Annotation[]
}

/** Settings of a block go with the last parameter that they set, and so do their values on nodes of its kind. */
export function withGraph(document: NetworkDocument, place: GraphPlace, change: GraphChange): NetworkDocument {
  if (place === null) return withoutEmpty({ ...document, ...change })
  const block = ownBlock(document, place)
  if (!block) return document
  const changed = { ...document, blocks: { ...document.blocks, [place]: withoutEmpty({ ...block, ...change }) } }
  return change.nodes && block.params ? withLiveSettings(changed, place) : changed
}

/** The graph as a document of its own, so that what edits documents also edits the inside of a block. */
export function asDocument(document: NetworkDocument, place: GraphPlace): NetworkDocument | undefined {
  const graph = graphAt(document, place)
  return graph && { ...document, nodes: graph.nodes, edges: graph.edges }
}

function withoutEmpty<T extends EditableGraph>(graph: T): T {
  if (graph.annotations === undefined || graph.annotations.length > 0) return graph
  const { annotations: _, ...rest } = graph
  return rest as T
}
