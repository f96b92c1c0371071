/**
 * Places for the inside of an unfolded block, whose nodes may be unfolded themselves: rows by distance from the inputs, each as high as its
 * highest, ordered by the mean place of what feeds them. Fast and always the same; the layout by ELK is for what people arrange.
 */
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import { topologicalOrder, type Dependency } from '../../../../experiments/network/topological-order.ts'
import { columnPitch, nodeWidth, rowPitch, nodeHeight, type Size } from './node-size.ts'

const columnGap = columnPitch - nodeWidth
const rowGap = rowPitch - nodeHeight

export interface InsideLayout extends Size {
  readonly positions: ReadonlyMap<string, Position>
}

export function layOutInside(
  ids: readonly string[],
  edges: readonly Dependency[],
  sizeOf: (id: string) => Size,
): InsideLayout {
  const sources = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const { source, target } of edges) if (sources.has(source)) sources.get(target)?.push(source)
  const { order, blocked } = topologicalOrder(
    ids,
    edges.filter(({ source, target }) => sources.has(source) && sources.has(target)),
  )
  const rowOf = new Map<string, number>()
  const rows: string[][] = []
  for (const id of [...order, ...blocked]) {
    const row = Math.max(-1, ...(sources.get(id) ?? []).map((source) => rowOf.get(source) ?? -1)) + 1
    rowOf.set(id, row)
    ;(rows[row] ??= []).push(id)
  }
  const middles = new Map<string, number>()
  const positions = new Map<string, Position>()
  let y = 0
  for (const row of rows) {
    const wanted = new Map(
      row.map((id) => [id, mean((sources.get(id) ?? []).flatMap((source) => middles.get(source) ?? []))]),
    )
    const ordered = row.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
    const width = ordered.reduce((sum, id) => sum + sizeOf(id).width, 0) + columnGap * (ordered.length - 1)
    let x = mean([...wanted.values()]) - width / 2
    for (const id of ordered) {
      positions.set(id, { x, y })
      middles.set(id, x + sizeOf(id).width / 2)
      x += sizeOf(id).width + columnGap
    }
    y += Math.max(...row.map((id) => sizeOf(id).height)) + rowGap
  }
  const left = Math.min(0, ...[...positions.values()].map((place) => place.x))
  const right = Math.max(0, ...[...positions].map(([id, place]) => place.x + sizeOf(id).width))
  for (const [id, place] of positions) positions.set(id, { x: place.x - left, y: place.y })
  return { positions, width: right - left, height: Math.max(0, y - rowGap) }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
