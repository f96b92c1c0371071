/** The parameters that several nodes have in common: the same name and the same kind of value. */
import type { NodeTypes } from '../../../../experiments/blocks/node-types.ts'
import type { JsonValue } from '../../../../experiments/errors/studio-error.ts'
import type { ParamKind } from '../../../../experiments/layers/params/param-kind.ts'
import type { NetworkNode } from '../../../../experiments/network/network-document.ts'

export interface SharedParam {
  readonly name: string
  readonly kind: ParamKind
  readonly values: readonly (JsonValue | undefined)[]
}

export function sharedParams(nodes: readonly NetworkNode[], types: NodeTypes): readonly SharedParam[] {
  const tables = nodes.map((node) => types.of(node.type)?.params ?? {})
  const [first = {}] = tables
  return Object.entries(first)
    .filter(([name, kind]) =>
      tables.every((table) => Object.hasOwn(table, name) && table[name]?.form.kind === kind.form.kind),
    )
    .map(([name, kind]) => ({ name, kind, values: nodes.map((node) => node.params?.[name]) }))
}
