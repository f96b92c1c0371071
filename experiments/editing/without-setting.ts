/**
 * Takes settings of a block of the document away together with the values that nodes of its kind have of them: those would stand there unseen, and be
 * refused where the network is checked.
 */
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { ownBlock, withSettings } from './own-block.ts'
import { withParams } from './with-params.ts'

/** Settings set what is there still; one that sets nothing is taken away. */
export function withLiveSettings(document: NetworkDocument, block: string): NetworkDocument {
  const own = ownBlock(document, block)
  const ids = new Set(own?.nodes.map(({ id }) => id))
  let next = document
  for (const [name, setting] of Object.entries(own?.params ?? {})) {
    const sets = setting.sets.filter(({ node }) => ids.has(node))
    if (sets.length === setting.sets.length) continue
    next =
      sets.length === 0
        ? withoutSetting(next, block, name)
        : withSettings(next, block, { ...ownBlock(next, block)?.params, [name]: { ...setting, sets } })
  }
  return next
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
    for (const [setting, { label, sets }] of Object.entries(own.params ?? {})) {
      const left = sets.filter(({ node, param }) => !(inner.has(node) && param === name))
      if (left.length === sets.length) continue
      const current = ownBlock(next, outer)?.params ?? {}
      next =
        left.length === 0
          ? withoutSetting(next, outer, setting)
          : withSettings(next, outer, {
              ...current,
              [setting]: { ...(label !== undefined && { label }), sets: left },
            })
    }
  }
  return next
}

function isSetBy(node: NetworkNode, block: string, name: string): boolean {
  return node.type === block && node.params !== undefined && Object.hasOwn(node.params, name)
}

function withoutParam(node: NetworkNode, name: string): NetworkNode {
  const { [name]: _gone, ...params } = node.params ?? {}
  return withParams(node, params)
}
