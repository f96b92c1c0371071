/** Puts the values of a configuration into an experiment: into its specification, or into the network that it trains. */
import { swapVariant } from '../blocks/swap-variant.ts'
import { StudioError, type JsonValue } from '../errors/studio-error.ts'
import { graphAt, withGraph } from '../editing/graph-place.ts'
import { NodeTypes } from '../blocks/node-types.ts'
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { setPath } from '../spec/set-path.ts'
import { nearestName } from '../text/nearest-name.ts'
import { isNetworkPath, parseNetworkPath } from './places/network-path.ts'
import type { Axis } from './space/axis.ts'
import type { Configuration, SearchSpace } from './space/search-space.ts'

export interface Applied {
  readonly experiment: Record<string, unknown>
  readonly document: NetworkDocument
}

/**
 * @param document the network before; returned as it is where no axis changes it
 * @throws StudioError when a path leads nowhere, naming the axis
 */
export function applyConfiguration(
  base: { readonly experiment: Record<string, unknown>; readonly document: NetworkDocument },
  space: SearchSpace,
  configuration: Configuration,
): Applied {
  let { experiment, document } = base
  for (const axis of space.axes) {
    const value = configuration[axis.name]
    if (value === undefined) continue
    for (const path of axis.paths) {
      if (isNetworkPath(path)) {
        document = changeNetwork(document, path, axis, value)
        continue
      }
      const before = valueAt(experiment, path)
      experiment = setPath(
        experiment,
        path,
        applied(axis, path, before, value, Number.isInteger(before)),
      ) as typeof experiment
    }
  }
  return { experiment, document }
}

/** @param isWhole whether a product stays a whole number; 0 stays 0, which often means none */
function applied(axis: Axis, path: string, before: unknown, value: JsonValue, isWhole: boolean): JsonValue {
  if (axis.apply === 'set') return value
  if (typeof before !== 'number' || typeof value !== 'number') {
    throw new StudioError(
      'wrong-type',
      `axis "${axis.name}": only a number can be multiplied; ${path} is ${JSON.stringify(before ?? null)}`,
      { path },
    )
  }
  const product = before * value
  return isWhole && before !== 0 ? Math.max(1, Math.round(product)) : product
}

function changeNetwork(document: NetworkDocument, path: string, axis: Axis, value: JsonValue): NetworkDocument {
  const place = parseNetworkPath(path)
  if (place === undefined) {
    const message = `axis "${axis.name}": ${path} is not a place of a network; write network.variables.NAME, network.nodes.ID.params.NAME, network.nodes.ID.type or network.nodes.ID.repeat.times; of a block of the network's own, network.blocks.BLOCK.nodes.ID...`
    throw new StudioError('out-of-range', message, { path })
  }
  if (place.kind === 'variable') return withVariable(document, place.name, axis, path, value)
  const { block } = place
  const graph = graphAt(document, block)
  if (graph === undefined) throw notThere(axis, path, 'block', block ?? '', Object.keys(document.blocks ?? {}))
  const node = graph.nodes.find(({ id }) => id === place.node)
  if (node === undefined) {
    throw notThere(
      axis,
      path,
      'node',
      place.node,
      graph.nodes.map(({ id }) => id),
    )
  }
  const times = node.repeat?.times ?? 1
  const changed =
    place.kind === 'param'
      ? withParam(document, node, place.param, axis, path, value)
      : place.kind === 'type'
        ? withType(node, axis, value)
        : { ...node, repeat: { ...node.repeat, times: Number(applied(axis, path, times, value, true)) } }
  return withGraph(document, block, { nodes: graph.nodes.map((other) => (other === node ? changed : other)) })
}

function notThere(axis: Axis, path: string, what: string, name: string, known: readonly string[]): StudioError {
  const near = nearestName(name, known)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return new StudioError('missing-value', `axis "${axis.name}": the network has no ${what} "${name}"${hint}`, { path })
}

function withVariable(
  document: NetworkDocument,
  name: string,
  axis: Axis,
  path: string,
  value: JsonValue,
): NetworkDocument {
  const variables = document.variables ?? {}
  const before = Object.hasOwn(variables, name) ? variables[name] : undefined
  if (before === undefined) throw notThere(axis, path, 'variable', name, Object.keys(variables))
  const after = applied(axis, path, before, value, Number.isInteger(before))
  if (typeof after !== 'number') {
    throw new StudioError('wrong-type', `axis "${axis.name}": a variable is a number; got ${JSON.stringify(after)}`, {
      path,
    })
  }
  return { ...document, variables: { ...variables, [name]: after } }
}

function withParam(
  document: NetworkDocument,
  node: NetworkNode,
  param: string,
  axis: Axis,
  path: string,
  value: JsonValue,
): NetworkNode {
  const known = NodeTypes.of(document).of(node.type)?.params
  if (known !== undefined && !Object.hasOwn(known, param)) {
    const names = Object.keys(known)
    const near = nearestName(param, names) ?? names.join(', ')
    throw new StudioError(
      'unknown-key',
      `axis "${axis.name}": "${node.id}" has no property "${param}"; it has ${near}`,
      { path },
    )
  }
  const kind = known?.[param]
  const before = node.params?.[param] ?? kind?.write(kind.default)
  const isWhole = kind === undefined ? Number.isInteger(before) : kind.form.kind !== 'real'
  return { ...node, params: { ...node.params, [param]: applied(axis, path, before, value, isWhole) } }
}

function withType(node: NetworkNode, axis: Axis, value: JsonValue): NetworkNode {
  if (typeof value !== 'string') {
    throw new StudioError('wrong-type', `axis "${axis.name}": a type is a text; got ${JSON.stringify(value)}`, {})
  }
  if (value === node.type) return node
  return swapVariant(node, value) ?? { ...node, type: value }
}

function valueAt(root: unknown, path: string): unknown {
  let current = root
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}
