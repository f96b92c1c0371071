/** Where in a document the layer of an issue is drawn. */
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { graphAt, type GraphPlace } from './graph-place.ts'

export interface IssuePlace {
  readonly place: GraphPlace
  /** What stands in front of the ids of this graph in the whole network. */
  readonly prefix: string
  /** The node of the issue, or the block of the studio that has it inside. */
  readonly node: NetworkNode
  /** Whether the issue lies inside of the node, where nothing is drawn by hand. */
  readonly isInside: boolean
}

/** @param path of the layer in the whole network: `conv2_x/1/add` */
export function placeOfIssue(document: NetworkDocument, path: string): IssuePlace | undefined {
  const ids = path.split('/')
  let place: GraphPlace = null
  let prefix = ''
  while (ids.length > 0) {
    const id = ids.shift()
    const node: NetworkNode | undefined = graphAt(document, place)?.nodes.find((candidate) => candidate.id === id)
    if (!node) return undefined
    const isOwn = Object.hasOwn(document.blocks ?? {}, node.type)
    if (ids.length === 0 || !isOwn) return { place, prefix, node, isInside: ids.length > 0 }
    prefix += `${node.id}/`
    // Which one of the chain, where the block is repeated.
    if (node.repeat && node.repeat.times > 1) prefix += `${ids.shift()}/`
    place = node.type
  }
  return undefined
}
