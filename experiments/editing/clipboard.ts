/**
 * Copies of nodes as JSON, within a document, between documents, and through the system's clipboard. The blocks of the document that they use
 * travel along. What comes from outside is checked like any other document.
 */
import { z } from 'zod'
import { freeId } from '../blocks/block-edit.ts'
import { NodeTypes } from '../blocks/node-types.ts'
import { StudioError } from '../errors/studio-error.ts'
import type { Position } from '../network/layered-positions.ts'
import type { Annotation, NetworkDocument, NetworkNode, OwnBlock } from '../network/network-document.ts'
import { networkDocumentSchema } from '../network/network-document.ts'
import { parseJson } from '../schema/parse-json.ts'
import { parseValue, type Parsed } from '../schema/parse.ts'
import { containsBlock, rounded } from './add-node.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'
import { ownBlock } from './own-block.ts'
import { copiedId } from './node-ids.ts'

const clippingSchema = z.strictObject({
  format: z.literal('strata.nodes'),
  version: z.literal(1),
  ...networkDocumentSchema.pick({ nodes: true, edges: true, blocks: true, variables: true, annotations: true }).shape,
})

export interface Clipping extends Pick<NetworkDocument, 'nodes' | 'edges' | 'blocks' | 'variables' | 'annotations'> {
  readonly format: 'strata.nodes'
  readonly version: 1
}

/** Nodes, the edges between them, and what they need of the document. */
export function copyNodes(document: NetworkDocument, place: GraphPlace, ids: readonly string[]): Clipping {
  const graph = graphAt(document, place)
  const wanted = new Set(ids)
  const nodes = graph?.nodes.filter((node) => wanted.has(node.id)) ?? []
  const annotations = graph?.annotations?.filter(({ id }) => wanted.has(id)) ?? []
  const blocks = blocksUsed(document, nodes)
  const variables = variablesUsed(document, [nodes, blocks])
  return {
    format: 'strata.nodes',
    version: 1,
    nodes,
    edges: graph?.edges.filter(({ source, target }) => wanted.has(source) && wanted.has(target)) ?? [],
    ...(Object.keys(blocks).length > 0 && { blocks }),
    ...(variables && { variables }),
    ...(annotations.length > 0 && { annotations }),
  }
}

/** From the text of a clipboard: our own clippings, and whole documents. */
export function parseClipping(text: string): Parsed<Clipping> {
  const value = readJson(text)
  if (value instanceof StudioError)
    return { ok: false, issues: [{ code: value.code, path: '', message: value.message }] }
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === 'strata.network') {
    const parsed = parseValue(networkDocumentSchema, value)
    if (!parsed.ok) return parsed
    const { nodes, edges, blocks, variables, annotations } = parsed.value as NetworkDocument
    return { ok: true, value: { format: 'strata.nodes', version: 1, nodes, edges, blocks, variables, annotations } }
  }
  return parseValue(clippingSchema, value)
}

function readJson(text: string): unknown {
  try {
    return parseJson(text, 'the clipboard')
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
}

export interface PasteOptions {
  /** Where the middle of what is pasted comes to lie. Default: a little beside where it was. */
  readonly at?: Position
  readonly kind?: 'paste' | 'duplicate'
}

/** Refused when a type is unknown here or a block would contain itself. Ids that are taken get the next number. */
export function paste(place: GraphPlace, clipping: Clipping, { at, kind = 'paste' }: PasteOptions = {}): Edit {
  return {
    kind,
    subject: String(clipping.nodes.length + (clipping.annotations?.length ?? 0)),
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      const { blocks, types } = mergeBlocks(document, clipping.blocks ?? {})
      const grown: NetworkDocument = {
        ...document,
        ...(Object.keys(blocks).length > 0 && { blocks }),
        ...((clipping.variables ?? document.variables) && {
          variables: { ...clipping.variables, ...document.variables },
        }),
      }
      const known = NodeTypes.of(grown)
      const taken = new Set([...graph.nodes, ...(graph.annotations ?? [])].map(({ id }) => id))
      const names = new Map<string, string>()
      const rename = (id: string): string => {
        const name = copiedId(id, taken)
        taken.add(name)
        names.set(id, name)
        return name
      }
      const shift = shiftOf(clipping, at)
      const moved = (position: Position | undefined) =>
        position && rounded({ x: position.x + shift.x, y: position.y + shift.y })
      const nodes: NetworkNode[] = []
      for (const node of clipping.nodes) {
        const type = types.get(node.type) ?? node.type
        if (!known.of(type))
          return refuseEdit(`nodes.${node.id}`, known.unknownMessage(type) ?? 'is broken', 'unknown-layer')
        if (place !== null && containsBlock(grown, type, place)) {
          return refuseEdit(`nodes.${node.id}`, 'the block would contain itself: paste it outside of the block')
        }
        const position = moved(node.position)
        nodes.push({ ...node, id: rename(node.id), type, ...(position && { position }) })
      }
      const annotations = (clipping.annotations ?? []).map((item): Annotation => ({
        ...item,
        id: rename(item.id),
        position: moved(item.position) ?? item.position,
      }))
      const edges = clipping.edges.flatMap(({ id: _id, ...edge }) => {
        const source = names.get(edge.source)
        const target = names.get(edge.target)
        return source !== undefined && target !== undefined ? [{ ...edge, source, target }] : []
      })
      const change = {
        nodes: [...graph.nodes, ...nodes],
        edges: [...graph.edges, ...edges],
        ...(annotations.length > 0 && { annotations: [...(graph.annotations ?? []), ...annotations] }),
      }
      return { ok: true, document: withGraph(grown, place, change), select: [...names.values()] }
    },
  }
}

export type Blocks = Readonly<Record<string, OwnBlock>>

/** The variables that are named in something; undefined when there are none. */
export function variablesUsed({ variables = {} }: NetworkDocument, something: unknown): NetworkDocument['variables'] {
  const text = JSON.stringify(something)
  const used = Object.entries(variables).filter(([name]) => text.includes(name))
  return used.length === 0 ? undefined : Object.fromEntries(used)
}

/** Blocks that nodes use, and those inside of these. */
export function blocksUsed(document: NetworkDocument, nodes: readonly NetworkNode[]): Blocks {
  const used: Record<string, OwnBlock> = {}
  const open = nodes.map(({ type }) => type)
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    const block = ownBlock(document, type)
    if (!block || Object.hasOwn(used, type)) continue
    used[type] = block
    open.push(...block.nodes.map((node) => node.type))
  }
  return used
}

/** The document's blocks with those that came along. An equal one is shared; another one of the same id gets a new id. */
export function mergeBlocks(
  document: NetworkDocument,
  coming: Blocks,
): { readonly blocks: Blocks; readonly types: ReadonlyMap<string, string> } {
  const present = document.blocks ?? {}
  const known = NodeTypes.of(document)
  const isTaken = (id: string) => known.of(id) !== undefined || Object.hasOwn(present, id)
  const types = new Map<string, string>()
  for (const [id, block] of Object.entries(coming)) {
    const isSame = Object.hasOwn(present, id) && JSON.stringify(present[id]) === JSON.stringify(block)
    types.set(id, isSame ? id : freeId(id, (wanted) => isTaken(wanted) || [...types.values()].includes(wanted)))
  }
  const renamed = Object.entries(coming).map(([id, block]): readonly [string, OwnBlock] => {
    const nodes = block.nodes.map((node) => ({ ...node, type: types.get(node.type) ?? node.type }))
    return [types.get(id) ?? id, { ...block, nodes }]
  })
  return { blocks: { ...present, ...Object.fromEntries(renamed) }, types }
}

const besides = { x: 40, y: 40 }

function shiftOf({ nodes, annotations = [] }: Clipping, at: Position | undefined): Position {
  if (!at) return besides
  const places = [...nodes, ...annotations].flatMap(({ position }) => position ?? [])
  if (places.length === 0) return { x: 0, y: 0 }
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2
  return { x: at.x - middle(places.map(({ x }) => x)), y: at.y - middle(places.map(({ y }) => y)) }
}
