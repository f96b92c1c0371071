/**
 * Settings of a block of the document: parameters of nodes inside that whoever uses the block can set on each node of its kind. What stands inside
 * is then the default.
 */
import { NodeTypes } from '../blocks/node-types.ts'
import type { NetworkNode, OwnBlock, OwnBlockParam } from '../network/network-document.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { ownBlock, withSettings } from './own-block.ts'
import { withoutSetting } from './without-setting.ts'

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
      return { ok: true, document: withSettings(document, block, { ...params, [freeName(param, params)]: setting }) }
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
      return { ok: true, document: withSettings(document, block, params) }
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
