/** What of a network a sweep can vary: variables, properties of layers and blocks, variants of blocks, depth and width. */
import { NodeTypes, type NodeType } from '../../blocks/node-types.ts'
import { variantsOf } from '../../blocks/swap-variant.ts'
import { graphAt, type GraphPlace } from '../../editing/graph-place.ts'
import type { JsonValue } from '../../errors/studio-error.ts'
import type { ParamKind } from '../../layers/params/param-kind.ts'
import type { NetworkDocument, NetworkGraph, NetworkNode } from '../../network/network-document.ts'
import type { AxisPlace } from './axis-place.ts'
import { nodePath, variablePath } from './network-path.ts'

/** Everything, the insides of the document's own blocks too. */
export function networkPlaces(document: NetworkDocument): readonly AxisPlace[] {
  const places: readonly GraphPlace[] = [null, ...Object.keys(document.blocks ?? {})]
  return [
    ...documentPlaces(document),
    ...places.flatMap(
      (place) => graphAt(document, place)?.nodes.flatMap((node) => nodePlaces(document, place, node)) ?? [],
    ),
  ]
}

/** Variables, and the width of the whole network: what belongs to no node. */
export function documentPlaces(document: NetworkDocument): readonly AxisPlace[] {
  const variables = Object.entries(document.variables ?? {}).map(([name, value]): AxisPlace => ({
    path: variablePath(name),
    kind: Number.isInteger(value) && value > 1 ? 'integer' : 'real',
    min: Number.isInteger(value) && value > 1 ? 1 : 1e-9,
    max: 1e9,
    value,
  }))
  const width = networkWidth(document)
  return width ? [...variables, width] : variables
}

/** @param place the graph that the node is part of */
export function nodePlaces(document: NetworkDocument, place: GraphPlace, node: NetworkNode): readonly AxisPlace[] {
  const type = NodeTypes.of(document).of(node.type)
  if (type === undefined || isInput(type)) return []
  const base = nodePath(place, node.id)
  const params = Object.entries(type.params).flatMap(([name, kind]) => {
    const found = paramPlace(`${base}.params.${name}`, kind, node.params?.[name])
    return found ? [found] : []
  })
  return [...variantPlace(base, [node]), ...params, ...depthPlace(base, type, node)]
}

/** What several nodes have in common, changed in all of them together; and their width, as a factor. */
export function sharedPlaces(
  document: NetworkDocument,
  place: GraphPlace,
  ids: readonly string[],
): readonly AxisPlace[] {
  const nodes = graphAt(document, place)?.nodes.filter(({ id }) => ids.includes(id)) ?? []
  const name = nodePath(place, nodes.map(({ id }) => id).join('+'))
  const paths = (end: string): readonly string[] => nodes.map(({ id }) => `${nodePath(place, id)}.${end}`)
  const [first = [], ...others] = nodes.map((node) => nodePlaces(document, place, node))
  const endOf = ({ path }: AxisPlace, node: NetworkNode | undefined) =>
    path.slice(nodePath(place, node?.id ?? '').length + 1)
  const common = first.flatMap((found): readonly AxisPlace[] => {
    const end = endOf(found, nodes[0])
    const same = others.map((list, i) =>
      list.find((other) => endOf(other, nodes[i + 1]) === end && other.kind === found.kind),
    )
    if (end === 'type' || same.some((other) => other === undefined)) return []
    const isEqual = same.every((other) => JSON.stringify(other?.value) === JSON.stringify(found.value))
    return [{ ...found, path: `${name}.${end}`, paths: paths(end), value: isEqual ? found.value : undefined }]
  })
  const variants = variantPlace(name, nodes).map((found) => ({ ...found, paths: paths('type') }))
  const width = widthPlace(`${name}.width`, document, place, nodes)
  return [...variants, ...(width ? [width] : []), ...common]
}

function isInput(type: NodeType): boolean {
  return 'layer' in type && type.layer.category === 'input'
}

function variantPlace(base: string, nodes: readonly NetworkNode[]): readonly AxisPlace[] {
  const lists = nodes.map(({ type }) => [type, ...variantsOf(type)])
  const shared = (lists[0] ?? []).filter((type) => lists.every((list) => list.includes(type)))
  if (shared.length < 2) return []
  const value = nodes.every(({ type }) => type === nodes[0]?.type) ? nodes[0]?.type : undefined
  const choices = shared.map((type) => ({ value: type, label: type }))
  return [{ path: `${base}.type`, kind: 'choice', choices, value }]
}

/** How often a node stands behind itself: of blocks, of layers with features of their own, and where it is said already. */
function depthPlace(base: string, type: NodeType, { repeat }: NetworkNode): readonly AxisPlace[] {
  const isChain = type.inputs.length === 1 && type.outputs.length === 1 && type.inputs[0]?.variadic !== true
  const hasFeatures = 'block' in type || type.layer.featuresParam !== undefined
  if (repeat === undefined && !(isChain && hasFeatures)) return []
  return [{ path: `${base}.repeat.times`, kind: 'integer', min: 1, max: 1000, value: repeat?.times ?? 1 }]
}

/** One factor for everything that counts features in these nodes; undefined where that is one number or none: it is a place itself. */
function widthPlace(
  path: string,
  document: NetworkDocument,
  place: GraphPlace,
  nodes: readonly NetworkNode[],
): AxisPlace | undefined {
  const paths = nodes.flatMap((node) => widthPaths(document, place, node))
  return paths.length < 2 ? undefined : { path, paths, multiplies: true, kind: 'real', min: 0.01, max: 100, value: 1 }
}

/** Expressions follow their variables and are left out. */
function widthPaths(document: NetworkDocument, place: GraphPlace, node: NetworkNode): readonly string[] {
  const params = NodeTypes.of(document).of(node.type)?.params ?? {}
  return Object.entries(params).flatMap(([name, kind]) => {
    const value = node.params?.[name] ?? kind.write(kind.default)
    return kind.isWidth === true && typeof value === 'number' ? [`${nodePath(place, node.id)}.params.${name}`] : []
  })
}

/** Every width of the network but those of its answers, which count classes. */
function networkWidth(document: NetworkDocument): AxisPlace | undefined {
  const answers = answering(document, document)
  const own = widthPlace(
    'network.width',
    document,
    null,
    document.nodes.filter(({ id }) => !answers.has(id)),
  )
  const inner = Object.entries(document.blocks ?? {}).flatMap(([id, { nodes }]) =>
    nodes.flatMap((node) => widthPaths(document, id, node)),
  )
  const paths = [...(own?.paths ?? []), ...inner]
  if (paths.length < 2) return undefined
  return { path: 'network.width', paths, multiplies: true, kind: 'real', min: 0.01, max: 100, value: 1 }
}

/** The last nodes with a width on the ways to what nothing follows. */
function answering(document: NetworkDocument, { nodes, edges }: NetworkGraph): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sources = new Set(edges.map(({ source }) => source))
  const found = new Set<string>()
  const seen = new Set<string>()
  const open = nodes.filter(({ id }) => !sources.has(id)).map(({ id }) => id)
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = byId.get(id)
    if (!node || seen.has(id)) continue
    seen.add(id)
    const isOwn = Object.hasOwn(document.blocks ?? {}, node.type)
    if (isOwn || widthPaths(document, null, node).length > 0) found.add(id)
    else open.push(...edges.flatMap(({ source, target }) => (target === id ? [source] : [])))
  }
  return found
}

function paramPlace(path: string, kind: ParamKind, written: JsonValue | undefined): AxisPlace | undefined {
  const value = written ?? kind.write(kind.default)
  const number = typeof value === 'number' ? value : undefined
  const { form } = kind
  switch (form.kind) {
    case 'integer':
    case 'real':
      return { path, kind: form.kind, min: form.min, max: form.max, value: number }
    case 'size2d':
      return { path, kind: 'integer', min: form.min, max: form.max, value: number, isSize: true }
    case 'choice':
      return { path, kind: 'choice', choices: form.choices, value }
    case 'boolean':
      return { path, kind: 'choice', choices: [true, false].map((on) => ({ value: on, label: String(on) })), value }
    default:
      return undefined
  }
}
