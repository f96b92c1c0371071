/** A network for other classes: its last layer with weights gets as many outputs, and everything before it stays. */
import { StudioError } from '../errors/studio-error.ts'
import { lastSizedNode } from './check-network.ts'
import { lowerNetwork } from './lower-network.ts'
import type { NetworkDocument } from './network-document.ts'

/** Id of the layer that makes the scores. @throws StudioError `network-structure` when there is none */
export function headOf(document: NetworkDocument): string {
  return findHead(document).id
}

/**
 * The same network with `classes` outputs; `head` is the layer that begins anew.
 * @throws StudioError `network-structure` when no layer sets the number of outputs, or it is inside of a block
 */
export function withNewHead(
  document: NetworkDocument,
  classes: number,
): { readonly document: NetworkDocument; readonly head: string } {
  const { id, field } = findHead(document)
  if (!document.nodes.some((node) => node.id === id)) {
    throw new StudioError(
      'network-structure',
      `the last layer, ${id}, is inside of a block: unfold the block to give the network a new head`,
    )
  }
  const nodes = document.nodes.map((node) =>
    node.id === id ? { ...node, params: { ...node.params, [field]: classes } } : node,
  )
  return { document: { ...document, nodes }, head: id }
}

function findHead(document: NetworkDocument): { readonly id: string; readonly field: string } {
  const found = lastSizedNode(lowerNetwork(document, { mode: 'inference', batch: 1 }))
  if (found) return found
  throw new StudioError(
    'network-structure',
    `${document.name} has no layer before its classifier that sets the number of scores`,
  )
}
