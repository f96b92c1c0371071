/** A document's own blocks by their id. */
import type { NetworkDocument, OwnBlock, OwnBlockParam } from '../network/network-document.ts'

/** The document's own block of this id, if there is one. */
export function ownBlock({ blocks = {} }: NetworkDocument, id: string): OwnBlock | undefined {
  return Object.hasOwn(blocks, id) ? blocks[id] : undefined
}

/** The block with these settings and no others. */
export function withSettings(
  document: NetworkDocument,
  id: string,
  settings: Readonly<Record<string, OwnBlockParam>>,
): NetworkDocument {
  const own = ownBlock(document, id)
  if (!own) return document
  const { params: _before, ...rest } = own
  const changed = Object.keys(settings).length === 0 ? rest : { ...rest, params: settings }
  return { ...document, blocks: { ...document.blocks, [id]: changed } }
}
