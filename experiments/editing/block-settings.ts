/**
 * Settings of a block of the document: parameters of nodes inside that whoever uses the block can set on each node of its kind. What stands inside
 * is then the default.
 */
import { NodeTypes } from '../blocks/node-types.ts'
import type { NetworkDocument, NetworkNode, OwnBlock, OwnBlockParam } from '../network/network-document.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { ownBlock } from './graph-place.ts'
import { withParams } from './set-params.ts'

type Params = Readonly<Record<string, OwnBlockParam>>

/** Name of the setting that sets this parameter of a node inside; undefined when none does. */
export function settingOf({ params = {} }: OwnBlock, node: string, param: string): string | undefined {
  return Object.entries(params).find(([, { sets }]) =>
    sets.some((one) => one.node === node && one.param === param),
  )?.[0]
}

/** Makes a parameter of nodes inside of a block, which they have in common, one setting of the block. */
export function addSetting(block: string, ids: readonly string[], param: string): Edit {
  return {
    kind: 'add-setting',
    subject: param,
    apply: (document) => {
      const own = ownBlock(document, block)
      if (!own) return refuseEdit(`blocks.${block}`, 'there is no such block')
      const nodes = own.nodes.filter(({ id }) => ids.includes(id))
      const types = NodeTypes.ofDrawn(document)
      const kinds = nodes.map(({ type }) => types.of(type)?.params[param])
      const [first] = nodes
      const [kind] = kinds
      if (!first || !kind || kinds.some((other) => other?.form.kind !== kind.form.kind))
        return refuseEdit(`blocks.${block}`, `the nodes have no parameter "${param}" in common`)
      const taken = nodes.find(({ id }) => settingOf(own, id, param) !== undefined)
      if (taken) return refuseEdit(`blocks.${block}`, `"${param}" of ${taken.id} is a setting of the block already`)
      const params = own.params ?? {}
      const label = labelFor(kind.label, first, params)
      const setting: OwnBlockParam = { label, sets: nodes.map(({ id }) => ({ node: id, param })) }
      return { ok: true, document: withParamsOf(document, block, { ...params, [freeName(param, params)]: setting }) }
    },
  }
}

export function relabelSetting(block: string, name: string, label: string): Edit {
  return {
    kind: 'edit-setting',
    subject: label,
    apply: (document) => {
      const setting = ownBlock(document, block)?.params?.[name]
      if (!setting) return refuseEdit(`blocks.${block}`, `there is no setting "${name}"`)
      const text = label.trim()
      if (text === '') return refuseEdit(`blocks.${block}.params.${name}`, 'a name is needed')
      const params = { ...ownBlock(document, block)?.params, [name]: { ...setting, label: text } }
      return { ok: true, document: withParamsOf(document, block, params) }
    },
  }
}

/** What nodes had set by it is given up: they are as the inside of the block is. Settings of blocks around it that led there go as well. */
export function removeSetting(block: string, name: string): Edit {
  return {
    kind: 'delete-setting',
    subject: name,
    apply: (document) => {
      if (!ownBlock(document, block)?.params?.[name])
        return refuseEdit(`blocks.${block}`, `there is no setting "${name}"`)
      return { ok: true, document: withoutSetting(document, block, name) }
    },
  }
}

function withoutSetting(document: NetworkDocument, block: string, name: string): NetworkDocument {
  const { [name]: _gone, ...params } = ownBlock(document, block)?.params ?? {}
  let next = withParamsOf(document, block, params)
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
          : withParamsOf(next, outer, {
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

function withParamsOf(document: NetworkDocument, id: string, params: Params): NetworkDocument {
  const own = ownBlock(document, id)
  if (!own) return document
  const { params: _before, ...rest } = own
  const changed = Object.keys(params).length === 0 ? rest : { ...rest, params }
  return { ...document, blocks: { ...document.blocks, [id]: changed } }
}

/** The parameter's own label; where the block has that already, with the node it is of. */
function labelFor(label: string, node: NetworkNode, params: Params): string {
  const taken = Object.values(params).some((other) => other.label === label)
  return taken ? `${label} (${node.name ?? node.id})`.slice(0, 500) : label
}

function freeName(param: string, params: Params): string {
  const base = /^[A-Za-z][A-Za-z0-9_-]{0,58}$/.test(param) ? param : 'setting'
  let name = base
  for (let i = 2; Object.hasOwn(params, name); i++) name = `${base}${i}`
  return name
}
