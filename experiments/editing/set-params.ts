/** Settings of nodes: parameters, names and repetition, of one or many at once. */
import { NodeTypes } from '../blocks/node-types.ts'
import type { JsonValue } from '../errors/studio-error.ts'
import type { NetworkNode, NodeRepeat } from '../network/network-document.ts'
import { refuseEdit, type Edit, type EditKind } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'
import { withParams } from './with-params.ts'

/**
 * Sets parameters of several nodes. A value that is the default is left out of the document; undefined means the default. A node without
 * a parameter of this name is left as it is. Values are not checked: a half-typed one is an issue of the document, as in a file.
 */
export function setParams(
  place: GraphPlace,
  ids: readonly string[],
  values: Readonly<Record<string, JsonValue | undefined>>,
): Edit {
  return {
    kind: 'set-params',
    subject: Object.keys(values).join(', '),
    apply: (document) => {
      const types = NodeTypes.ofDrawn(document)
      return changeNodes(place, ids, (node) => {
        const table = types.of(node.type)?.params ?? {}
        const params: Record<string, JsonValue> = { ...node.params }
        for (const [name, value] of Object.entries(values)) {
          const kind = Object.hasOwn(table, name) ? table[name] : undefined
          if (!kind) continue
          if (value === undefined || same(value, kind.write(kind.default))) delete params[name]
          else params[name] = value
        }
        return withParams(node, params)
      })(document)
    },
  }
}

/** An empty name takes the name away. */
export function renameNode(place: GraphPlace, id: string, name: string): Edit {
  return nodeEdit('rename', place, [id], ({ name: _, ...node }) =>
    name.trim() === '' ? node : { ...node, name: name.trim() },
  )
}

/** Undefined: the node stands for itself. */
export function setRepeat(place: GraphPlace, ids: readonly string[], repeat: NodeRepeat | undefined): Edit {
  return nodeEdit('set-repeat', place, ids, ({ repeat: _, ...node }) =>
    !repeat || (repeat.times === 1 && repeat.firstStride === undefined) ? node : { ...node, repeat },
  )
}

function nodeEdit(
  kind: EditKind,
  place: GraphPlace,
  ids: readonly string[],
  change: (node: NetworkNode) => NetworkNode,
): Edit {
  return {
    kind,
    subject: ids.length === 1 ? (ids[0] ?? '') : String(ids.length),
    apply: changeNodes(place, ids, change),
  }
}

function changeNodes(
  place: GraphPlace,
  ids: readonly string[],
  change: (node: NetworkNode) => NetworkNode,
): Edit['apply'] {
  return (document) => {
    const graph = graphAt(document, place)
    if (!graph) return refuseEdit('', 'there is no such block')
    const wanted = new Set(ids)
    const nodes = graph.nodes.map((node) => (wanted.has(node.id) ? change(node) : node))
    return { ok: true, document: withGraph(document, place, { nodes }) }
  }
}

function same(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
