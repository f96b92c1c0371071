/**
 * Takes settings of a block of the document away together with the values that nodes of its kind have of them: those would stand there unseen, and be
 * refused where the network is checked.
 */
import type { NetworkDocument, NetworkNode, OwnBlockParam } from '../network/network-document.ts'
import { ownBlock, withSettings } from './own-block.ts'
import { withParams } from './with-params.ts'

/** Settings set what is there still; one that sets nothing is taken away. */
export function withLiveSettings(document: NetworkDocument, block: string): NetworkDocument {
  const own = ownBlock(document, block)
  const ids = new Set(own?.nodes.map(({ id }) => id))
  return Object.keys(own?.params ?? {}).reduce(
    (next, name) => withSetsOf(next, block, name, ({ node }) => ids.has(node)),
    document,
  )
}

/** Settings of blocks around it that led there go as well. */
export function withoutSetting(document: NetworkDocument, block: string, name: string): NetworkDocument {
  const { [name]: _gone, ...params } = ownBlock(document, block)?.params ?? {}
  let next = withSettings(document, block, params)
  const clean = (nodes: readonly NetworkNode[]): readonly NetworkNode[] =>
    nodes.some((node) => isSetBy(node, block, name))
      ? nodes.map((node) => (isSetBy(node, block, name) ? withoutParam(node, name) : node))
      : nodes
  const blocks = Object.entries(next.blocks ?? {}).map(
    ([id, own]) => [id, { ...own, nodes: clean(own.nodes) }] as const,
  )
  next = { ...next, nodes: clean(next.nodes), blocks: Object.fromEntries(blocks) }
  for (const [outer, own] of Object.entries(next.blocks ?? {})) {
    const inner = new Set(own.nodes.filter(({ type }) => type === block).map(({ id }) => id))
    for (const setting of Object.keys(own.params ?? {})) {
      next = withSetsOf(next, outer, setting, ({ node, param }) => !(inner.has(node) && param === name))
    }
  }
  return next
}

/** The setting with those of what it sets that are kept; without any it is taken away. */
function withSetsOf(
  document: NetworkDocument,
  block: string,
  name: string,
  isKept: (set: OwnBlockParam['sets'][number]) => boolean,
): NetworkDocument {
  const params = ownBlock(document, block)?.params ?? {}
  const setting = params[name]
  const sets = setting?.sets.filter(isKept)
  if (!sets || sets.length === setting?.sets.length) return document
  return sets.length === 0
    ? withoutSetting(document, block, name)
    : withSettings(document, block, { ...params, [name]: { ...setting, sets } })
}

function isSetBy(node: NetworkNode, block: string, name: string): boolean {
  return node.type === block && node.params !== undefined && Object.hasOwn(node.params, name)
}

function withoutParam(node: NetworkNode, name: string): NetworkNode {
  const { [name]: _gone, ...params } = node.params ?? {}
  return withParams(node, params)
}
