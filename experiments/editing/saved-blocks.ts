/** Blocks of the palette: taking one out of a network, and putting one into any other. */
import { freeId } from '../blocks/block-edit.ts'
import { makeBlockFromSelection } from '../blocks/make-block.ts'
import { NodeTypes } from '../blocks/node-types.ts'
import type { SavedBlock } from '../documents/saved-block.ts'
import { titleOfBlock } from '../documents/saved-block.ts'
import type { Issue } from '../errors/studio-error.ts'
import { readParams } from '../layers/read-params.ts'
import { nodeWithValues } from '../network/apply-variables.ts'
import type { Position } from '../network/layered-positions.ts'
import type { NetworkDocument, NetworkNode, OwnBlock } from '../network/network-document.ts'
import { addNode, type Attachment } from './add-node.ts'
import { blocksUsed, mergeBlocks, variablesUsed, type Blocks } from './clipboard.ts'
import { blockIdOf, shifted } from './edit-blocks.ts'
import type { Edit } from './edit.ts'
import { asDocument, type GraphPlace } from './graph-place.ts'
import { ownBlock } from './own-block.ts'

export type BlockToSave =
  { readonly ok: true; readonly block: SavedBlock } | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * Nodes as one block under a title. A single node of a block that the document defines is that block, set as the node is; everything else becomes
 * a block as by grouping. The document stays as it is.
 */
export function blockToSave(
  document: NetworkDocument,
  place: GraphPlace,
  ids: readonly string[],
  title: string,
): BlockToSave {
  const drawn = asDocument(document, place)
  if (!drawn) return { ok: false, issues: [] }
  const [only, second] = drawn.nodes.filter(({ id }) => ids.includes(id))
  const own = only && !second ? ownBlockOf(document, only) : undefined
  if (own) return saved(document, document.blocks ?? {}, only?.type ?? '', { ...own, title })
  const types = NodeTypes.of(document)
  const id = freeId(blockIdOf(title), (wanted) => types.of(wanted) !== undefined || wanted in (document.blocks ?? {}))
  const made = makeBlockFromSelection(drawn, ids, { id, title })
  if (!made.ok) return made
  const block = made.document.blocks?.[id]
  if (!block) throw new Error(`grouping made no block ${id}`)
  return saved(document, made.document.blocks ?? {}, id, shifted(block))
}

/** The block as one node of it is set; undefined for other nodes, and for a repeated one: that is a chain of the block. */
function ownBlockOf(document: NetworkDocument, node: NetworkNode): OwnBlock | undefined {
  const block = ownBlock(document, node.type)
  const type = NodeTypes.ofDrawn(document).of(node.type)
  if (!block || !type || !('block' in type) || node.repeat) return undefined
  if (!node.params) return block
  const { params } = readParams(type, nodeWithValues(node, document.variables).params ?? {}, 1, '', node.id)
  return { ...block, ...type.block.expand(params, []) }
}

function saved(document: NetworkDocument, known: Blocks, main: string, block: OwnBlock): BlockToSave {
  const inner = blocksUsed({ ...document, blocks: known }, block.nodes)
  const variables = variablesUsed(document, [block, inner])
  return {
    ok: true,
    block: {
      ...{ format: 'strata.block', version: 1, main, blocks: { ...inner, [main]: block } },
      ...(variables && { variables }),
    },
  }
}

export interface PlacedBlock {
  readonly block: SavedBlock
  readonly position?: Position
}

/** Adds a node of a saved block, with the definitions that it brings; those that the document has already are shared. */
export function addSavedBlock(place: GraphPlace, { block, position }: PlacedBlock, attachment?: Attachment): Edit {
  return {
    kind: attachment && 'onEdge' in attachment ? 'insert' : 'add',
    subject: titleOfBlock(block),
    apply: (document) => {
      const { blocks, types } = mergeBlocks(document, block.blocks)
      const grown: NetworkDocument = {
        ...document,
        blocks,
        ...(block.variables && { variables: { ...block.variables, ...document.variables } }),
      }
      const type = types.get(block.main) ?? block.main
      return addNode(place, { type, ...(position && { position }) }, attachment).apply(grown)
    },
  }
}

/** Under another title. */
export function retitled(block: SavedBlock, title: string): SavedBlock {
  const main = block.blocks[block.main]
  if (!main) return block
  return { ...block, blocks: { ...block.blocks, [block.main]: { ...main, title } } }
}
