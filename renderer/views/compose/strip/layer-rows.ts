/** Rows of the table of layers below the canvas, in any order, and which node in sight a row belongs to. */
import type { LayerAnalysis } from '../../../../experiments/analysis/analyze-network.ts'

export type LayerColumn = 'order' | 'name' | 'type' | 'shape' | 'params' | 'macs' | 'memory' | 'field'

export interface LayerSort {
  readonly column: LayerColumn
  readonly descending: boolean
}

const values: Readonly<Record<Exclude<LayerColumn, 'order'>, (layer: LayerAnalysis) => number | string>> = {
  name: ({ id }) => id,
  type: ({ type }) => type,
  shape: ({ outputShape }) => outputShape.reduce((product, size) => product * size, 1),
  params: ({ params }) => params,
  macs: ({ macs }) => macs,
  memory: ({ activationBytes }) => activationBytes,
  field: ({ receptiveField }) => receptiveField.size,
}

/** Equal ones stay in the order of data flow. */
export function sortLayers(
  layers: readonly LayerAnalysis[],
  { column, descending }: LayerSort,
): readonly LayerAnalysis[] {
  if (column === 'order') return descending ? layers.toReversed() : layers
  const value = values[column]
  const sign = descending ? -1 : 1
  return layers.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)]
    return sign * (typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y)
  })
}

/** Numbers begin with the largest, words with A; a second click turns the order, a third gives the order of data flow back. */
export function nextSort(sort: LayerSort, column: LayerColumn): LayerSort {
  const first = column !== 'name' && column !== 'type' && column !== 'order'
  if (sort.column !== column) return { column, descending: first }
  return sort.descending === first ? { column, descending: !first } : { column: 'order', descending: false }
}

/** Of the node of the graph in sight that a layer is or lies in; undefined elsewhere. */
export function nodeInSight(path: string, prefix: string, ids: ReadonlySet<string>): string | undefined {
  if (!path.startsWith(prefix)) return undefined
  const [id] = path.slice(prefix.length).split('/')
  return id !== undefined && ids.has(id) ? id : undefined
}
