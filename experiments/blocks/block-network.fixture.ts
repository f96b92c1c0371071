/** A small complete network around one node, so that any block can be expanded, analysed, unpacked and trained by the same code. */
import type { NetworkDocument } from '../network/network-document.ts'
import { chain, type ChainLink } from '../zoo/chain.ts'

export function networkAround(node: ChainLink, side = 16): NetworkDocument {
  return chain(`${node.type} test`, [
    { id: 'input', type: 'input', params: { height: side, width: side, channels: 3 } },
    { id: 'before', type: 'conv2d', params: { filters: 8, padding: 1 } },
    node,
    { id: 'pool', type: 'global-average-pool' },
    { id: 'dense', type: 'dense', params: { units: 3 } },
    { id: 'classifier', type: 'classifier' },
  ])
}
