/** Puts the values of a configuration into an experiment: into its specification, or into the network that it trains. */
import { swapVariant } from '../blocks/swap-variant.ts'
import { StudioError, type JsonValue } from '../errors/studio-error.ts'
import { layerOf } from '../layers/registry.ts'
import { blockOf } from '../blocks/registry.ts'
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { setPath } from '../spec/set-path.ts'
import { nearestName } from '../text/nearest-name.ts'
import type { Axis } from './space/axis.ts'
import type { Configuration, SearchSpace } from './space/search-space.ts'

const networkPrefix = 'network.nodes.'

export function isNetworkPath(path: string): boolean {
  return path.startsWith(networkPrefix)
}

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
      if (isNetworkPath(path)) document = changeNetwork(document, path, axis, value)
      else
        experiment = setPath(
          experiment,
          path,
          applied(axis, path, valueAt(experiment, path), value),
        ) as typeof experiment
    }
  }
  return { experiment, document }
}

function applied(axis: Axis, path: string, before: unknown, value: JsonValue): JsonValue {
  if (axis.apply === 'set') return value
  if (typeof before !== 'number' || typeof value !== 'number') {
    throw new StudioError(
      'wrong-type',
      `axis "${axis.name}": only a number can be multiplied; ${path} is ${JSON.stringify(before ?? null)}`,
      { path },
    )
  }
  const product = before * value
  return Number.isInteger(before) ? Math.max(1, Math.round(product)) : product
}

/** `network.nodes.<id>.params.<name>`, `.type`, or `.repeat.times`. Ids may hold dots, so the end of the path is matched. */
function changeNetwork(document: NetworkDocument, path: string, axis: Axis, value: JsonValue): NetworkDocument {
  const rest = path.slice(networkPrefix.length)
  const match = /^(?<id>.+?)\.(?:params\.(?<param>[A-Za-z0-9_-]+)|(?<type>type)|(?<times>repeat\.times))$/.exec(rest)
  const { id = '', param, type } = match?.groups ?? {}
  if (match === null) {
    const message = `axis "${axis.name}": ${path} is not a place of a network; write network.nodes.ID.params.NAME, network.nodes.ID.type or network.nodes.ID.repeat.times`
    throw new StudioError('out-of-range', message, { path })
  }
  const node = document.nodes.find((candidate) => candidate.id === id)
  if (node === undefined) {
    const near = nearestName(
      id,
      document.nodes.map((candidate) => candidate.id),
    )
    const hint = near === undefined ? '' : `; did you mean "${near}"?`
    throw new StudioError('missing-value', `axis "${axis.name}": the network has no node "${id}"${hint}`, { path })
  }
  const changed =
    param !== undefined
      ? withParam(document, node, param, axis, path, value)
      : type !== undefined
        ? withType(node, axis, value)
        : withTimes(node, applied(axis, path, node.repeat?.times ?? 1, value))
  return { ...document, nodes: document.nodes.map((candidate) => (candidate === node ? changed : candidate)) }
}

function withParam(
  document: NetworkDocument,
  node: NetworkNode,
  param: string,
  axis: Axis,
  path: string,
  value: JsonValue,
): NetworkNode {
  const known = layerOf(node.type)?.params ?? blockOf(node.type)?.params
  const own = document.blocks?.[node.type]?.params
  if ((known ?? own) !== undefined && !Object.hasOwn(known ?? own ?? {}, param)) {
    const names = Object.keys(known ?? own ?? {})
    const near = nearestName(param, names) ?? names.join(', ')
    throw new StudioError(
      'unknown-key',
      `axis "${axis.name}": "${node.id}" has no property "${param}"; it has ${near}`,
      { path },
    )
  }
  const before = node.params?.[param] ?? known?.[param]?.default
  return { ...node, params: { ...node.params, [param]: applied(axis, path, before, value) } }
}

function withType(node: NetworkNode, axis: Axis, value: JsonValue): NetworkNode {
  if (typeof value !== 'string') {
    throw new StudioError('wrong-type', `axis "${axis.name}": a type is a text; got ${JSON.stringify(value)}`, {})
  }
  if (value === node.type) return node
  return swapVariant(node, value) ?? { ...node, type: value }
}

function withTimes(node: NetworkNode, times: JsonValue): NetworkNode {
  return { ...node, repeat: { ...node.repeat, times: Number(times) } }
}

function valueAt(root: unknown, path: string): unknown {
  let current = root
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}
