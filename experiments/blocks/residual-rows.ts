/**
 * Rows of plain layers that are the plain twin of a residual block: convolution, norm, activation and so on, exactly as `plain-basic` and
 * `plain-bottleneck` expand. Such a row becomes the block with the same convolutions and a shortcut around them.
 */
import type { JsonObject, JsonValue } from '../errors/studio-error.ts'
import { layerOf } from '../layers/registry.ts'
import { readParams, writeParams } from '../layers/read-params.ts'
import type { NetworkGraph, NetworkNode } from '../network/network-document.ts'
import { topologicalOrder } from '../network/topological-order.ts'
import { blockOf } from './registry.ts'

export interface ResidualRow {
  /** Id of the residual block. */
  readonly to: string
  readonly params: JsonObject
  /** The layers, first to last. */
  readonly nodes: readonly NetworkNode[]
  /** Id of a layer to the id it has inside of the block. */
  readonly inside: ReadonlyMap<string, string>
}

const twins = [
  { plain: 'plain-basic', residual: 'residual-basic', convolutions: 2 },
  { plain: 'plain-bottleneck', residual: 'residual-bottleneck', convolutions: 3 },
] as const

/**
 * The rows among the selected nodes, from the input on; none shares a layer with another.
 * @param graph with numbers in the place of expressions
 * @param to only rows of this block
 */
export function residualRows(
  { nodes, edges }: NetworkGraph,
  selected: ReadonlySet<string>,
  to?: string,
): ResidualRow[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const targets = new Map<string, string[]>()
  const fed = new Map<string, number>()
  for (const { source, target } of edges) {
    targets.set(source, [...(targets.get(source) ?? []), target])
    fed.set(target, (fed.get(target) ?? 0) + 1)
  }
  /** The selected node that alone goes on with what this one makes, and with nothing else. */
  const next = (id: string): NetworkNode | undefined => {
    const [target, second] = targets.get(id) ?? []
    const alone = target !== undefined && second === undefined && selected.has(target) && fed.get(target) === 1
    return alone ? byId.get(target) : undefined
  }
  const used = new Set<string>()
  const rows: ResidualRow[] = []
  const between = edges.filter(({ source, target }) => byId.has(source) && byId.has(target))
  for (const id of topologicalOrder([...byId.keys()], between).order) {
    const first = byId.get(id)
    if (first?.type !== 'conv2d' || !selected.has(id)) continue
    const row: NetworkNode[] = []
    // Three convolutions with all that can stand behind them.
    for (let at: NetworkNode | undefined = first; at && row.length < 9 && !used.has(at.id); at = next(at.id))
      row.push(at)
    for (const twin of twins) {
      if (to !== undefined && to !== twin.residual) continue
      const found = rowOf(row, twin)
      if (!found) continue
      for (const node of found.nodes) used.add(node.id)
      rows.push(found)
      break
    }
  }
  return rows
}

function rowOf(row: readonly NetworkNode[], twin: (typeof twins)[number]): ResidualRow | undefined {
  const plain = blockOf(twin.plain)
  const residual = blockOf(twin.residual)
  const convolutions = row.filter(({ type }) => type === 'conv2d').map(paramsOf)
  const params = wanted(row, convolutions.slice(0, twin.convolutions))
  if (!plain || !residual || convolutions.length < twin.convolutions || !params) return undefined
  const { expansion: _, ...common } = params
  const written = Object.hasOwn(plain.params, 'expansion') ? params : common
  const { params: complete, issues } = readParams(plain, written, plain.version, '', '')
  if (issues.length > 0) return undefined
  const expected = plain.expand(complete, []).nodes
  const hasNorm = params['norm'] !== 'none'
  const fits = expected.every((node, i) => {
    const layer = row[i]
    return layer?.type === node.type && !layer.repeat && textOf(layer, hasNorm) === textOf(node, hasNorm)
  })
  if (!fits) return undefined
  const nodes = row.slice(0, expected.length)
  const last = expected.at(-1)
  const names = nodes.map(({ id }, i) => {
    const inner = expected[i]?.id ?? id
    // The last activation goes behind the sum.
    return [
      id,
      expected[i] === last && last?.type !== 'conv2d' && last?.type !== 'batch-normalization' ? 'activation' : inner,
    ] as const
  })
  return {
    to: twin.residual,
    params: writeParams(residual, readParams(residual, written, residual.version, '', '').params),
    nodes,
    inside: new Map(names),
  }
}

/** What the block would be set to, judged by the first convolution and what follows it. */
function wanted(row: readonly NetworkNode[], convolutions: readonly JsonObject[]): JsonObject | undefined {
  const width = Number(convolutions[0]?.['filters'])
  const output = Number(convolutions.at(-1)?.['filters'])
  // The stride stands in the first convolution of a basic block, in the second of a bottleneck.
  const strides = convolutions.flatMap(({ stride }) => (Array.isArray(stride) ? (stride as readonly JsonValue[]) : []))
  const stride = Math.max(...strides.map(Number))
  if (!Number.isInteger(output / width) || !Number.isFinite(stride)) return undefined
  const norm = row[1]?.type === 'batch-normalization' ? 'batch' : 'none'
  const after = row[norm === 'batch' ? 2 : 1]?.type
  const activation = after !== undefined && layerOf(after)?.category === 'activation' ? after : 'none'
  return { filters: width, stride, norm, activation, expansion: output / width }
}

function paramsOf({ type, params = {}, version = 1, id }: NetworkNode): JsonObject {
  const layer = layerOf(type)
  return layer ? readParams(layer, params, version, '', id).params : {}
}

/** Two layers with the same text compute the same. A bias in front of a norm changes nothing: the norm takes the mean away. */
function textOf(node: NetworkNode, hasNorm: boolean): string {
  const params = paramsOf(node)
  if (node.type !== 'conv2d') return JSON.stringify(params)
  const { bias, initialBias, padding, ...rest } = params
  const { kernel, stride, dilation } = params
  const isPlain = JSON.stringify([stride, dilation]) === '[[1,1],[1,1]]'
  const sides = Array.isArray(kernel) ? (kernel as readonly JsonValue[]).map(Number) : []
  const [rows = 0, columns = 0] = sides.map((side) => (side - 1) / 2)
  const halves =
    isPlain && Number.isInteger(rows) && Number.isInteger(columns) ? [rows, columns, rows, columns] : undefined
  const isZero = JSON.stringify(kernel) === '[1,1]' && padding === 'valid'
  const zeros = (padding === 'same' && halves) || (isZero ? [0, 0, 0, 0] : padding)
  return JSON.stringify([rest, zeros, hasNorm ? undefined : [bias, initialBias]])
}
