/**
 * The layers of a network as the person drew them: a block is one row that unfolds into what is inside. Ids of layers inside of blocks are
 * paths (`conv2_x/1/conv1`), so the tree follows from them.
 */
import type { LayerAnalysis } from '../../../experiments/analysis/analyze-network.ts'

export interface LayerRow {
  /** Id of the layer, or the common path of the layers of a block. */
  readonly id: string
  readonly name: string
  readonly depth: number
  /** Null for a block. */
  readonly layer: LayerAnalysis | null
  /** Layers below; 1 for a layer itself. */
  readonly layerCount: number
  readonly outputShape: readonly number[]
  readonly params: number
  readonly macs: number
  readonly receptiveFieldSize: number
  readonly children: readonly LayerRow[]
}

export function layerTree(layers: readonly LayerAnalysis[]): readonly LayerRow[] {
  return rowsBelow(layers, 0)
}

/** The rows in sight: those of blocks in `unfolded` with what is inside, the others without. */
export function visibleRows(rows: readonly LayerRow[], unfolded: ReadonlySet<string>): readonly LayerRow[] {
  return rows.flatMap((row) => (unfolded.has(row.id) ? [row, ...visibleRows(row.children, unfolded)] : [row]))
}

/** Every block of the tree. */
export function blockIds(rows: readonly LayerRow[]): readonly string[] {
  return rows.flatMap((row) => (row.layer ? [] : [row.id, ...blockIds(row.children)]))
}

function rowsBelow(layers: readonly LayerAnalysis[], depth: number): readonly LayerRow[] {
  const rows: LayerRow[] = []
  for (let start = 0; start < layers.length;) {
    const path = pathTo(layers[start], depth)
    let end = start + 1
    while (end < layers.length && pathTo(layers[end], depth) === path) end++
    rows.push(rowOf(layers.slice(start, end), path, depth))
    start = end
  }
  return rows
}

function rowOf(layers: readonly LayerAnalysis[], path: string, depth: number): LayerRow {
  const [first] = layers
  const last = layers.findLast(({ outputShape }) => outputShape.length > 0) ?? first
  const single = layers.length === 1 && first?.id === path ? first : null
  return {
    id: path,
    name: single && depth === 0 ? single.name : (path.split('/').at(-1) ?? path),
    depth,
    layer: single,
    layerCount: layers.length,
    outputShape: last?.outputShape ?? [],
    params: sum(layers.map(({ params }) => params)),
    macs: sum(layers.map(({ macs }) => macs)),
    receptiveFieldSize: last?.receptiveField.size ?? 1,
    children: single ? [] : rowsBelow(layers, depth + 1),
  }
}

function pathTo(layer: LayerAnalysis | undefined, depth: number): string {
  return (layer?.id ?? '')
    .split('/')
    .slice(0, depth + 1)
    .join('/')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
