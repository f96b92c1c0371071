/**
 * Places for the nodes of a graph that was not drawn by hand: each below all that it depends on, branches side by side. Within a layer,
 * nodes are ordered by the mean place of what feeds them, which keeps most edges from crossing (Sugiyama, Tagawa, Toda 1981).
 */
import { topologicalOrder } from './topological-order.ts'

export interface Position {
  readonly x: number
  readonly y: number
}

interface Edge {
  readonly source: string
  readonly target: string
}

/** Distance between neighbours. */
const columnWidth = 220
const rowHeight = 110

/** Nodes on cycles get no place. */
export function layeredPositions(ids: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, Position> {
  const sources = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const { source, target } of edges) sources.get(target)?.push(source)
  const layerOf = new Map<string, number>()
  const layers: string[][] = []
  for (const id of topologicalOrder(ids, edges).order) {
    const layer = Math.max(-1, ...(sources.get(id) ?? []).map((source) => layerOf.get(source) ?? -1)) + 1
    layerOf.set(id, layer)
    const row = layers[layer]
    if (row) row.push(id)
    else layers[layer] = [id]
  }
  const positions = new Map<string, Position>()
  layers.forEach((row, layer) => {
    const wanted = new Map(row.map((id) => [id, meanColumn(sources.get(id) ?? [], positions)]))
    const ordered = row.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
    const middle = ordered.reduce((sum, id) => sum + (wanted.get(id) ?? 0), 0) / ordered.length
    const left = Math.round(middle / columnWidth - (ordered.length - 1) / 2) * columnWidth
    ordered.forEach((id, i) => positions.set(id, { x: left + i * columnWidth, y: layer * rowHeight }))
  })
  return positions
}

function meanColumn(sources: readonly string[], positions: ReadonlyMap<string, Position>): number {
  const columns = sources.flatMap((source) => positions.get(source)?.x ?? [])
  return columns.length === 0 ? 0 : columns.reduce((sum, x) => sum + x, 0) / columns.length
}
