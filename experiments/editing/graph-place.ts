/** Which graph of a document an edit is about: the network itself, or the inside of a block that the document defines. */
import type {
  Annotation,
  NetworkDocument,
  NetworkEdge,
  NetworkGraph,
  NetworkNode,
  OwnBlock,
} from '../network/network-document.ts'

/** Id of the document's own block; null for the network itself. */
export type GraphPlace = string | null

export interface EditableGraph extends NetworkGraph {
  readonly annotations?: readonly Annotation[] | undefined
}

/** Undefined when the document has no such block. */
export function graphAt(document: NetworkDocument, place: GraphPlace): EditableGraph | undefined {
  return place === null ? document : ownBlock(document, place)
}

/** The document's own block of this id, if there is one. */
export function ownBlock({ blocks = {} }: NetworkDocument, id: string): OwnBlock | undefined {
  return Object.hasOwn(blocks, id) ? blocks[id] : undefined
}

export interface GraphChange {
  readonly nodes?: readonly NetworkNode[]
  readonly edges?: readonly NetworkEdge[]
  readonly annotations?: readonly Annotation[]
}

export function withGraph(document: NetworkDocument, place: GraphPlace, change: GraphChange): NetworkDocument {
  if (place === null) return withoutEmpty({ ...document, ...change })
  const block = ownBlock(document, place)
  if (!block) return document
  const changed = withoutEmpty({ ...block, ...change })
  const { params } = changed
  const kept = change.nodes && params ? keepParams(params, change.nodes) : params
  const { params: _, ...rest } = changed
  return { ...document, blocks: { ...document.blocks, [place]: kept ? { ...rest, params: kept } : rest } }
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

type BlockParams = NonNullable<OwnBlock['params']>

/** Parameters of a block that still set something; undefined when none does. */
function keepParams(params: BlockParams, nodes: readonly NetworkNode[]): BlockParams | undefined {
  const ids = new Set(nodes.map(({ id }) => id))
  const entries = Object.entries(params).flatMap(([name, param]) => {
    const sets = param.sets.filter(({ node }) => ids.has(node))
    return sets.length === 0 ? [] : [[name, sets.length === param.sets.length ? param : { ...param, sets }] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
