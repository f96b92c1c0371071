/**
 * Cuts a graph into the pieces between nodes that everything passes through, and puts arranged pieces together again. Convolutional networks are
 * chains of small modules, many of them alike: arranging each kind once costs a fraction of arranging the whole.
 */
import { topologicalOrder, type Dependency } from '../../../../experiments/network/topological-order.ts'
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Size } from './node-size.ts'

export interface LayoutNode extends Size {
  readonly id: string
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly Dependency[]
}

/** Upper left corners by id. */
export type Places = ReadonlyMap<string, Position>

/** Parts that no edge joins, each in the order of the graph. */
export function connectedParts({ nodes, edges }: LayoutGraph): readonly LayoutGraph[] {
  const parents = new Map(nodes.map(({ id }) => [id, id]))
  const rootOf = (id: string): string => {
    let root = id
    for (let next = parents.get(root); next !== undefined && next !== root; next = parents.get(root)) root = next
    for (let at = id; at !== root;) {
      const next = parents.get(at) ?? root
      parents.set(at, root)
      at = next
    }
    return root
  }
  for (const { source, target } of edges) parents.set(rootOf(source), rootOf(target))
  const parts = new Map<string, { nodes: LayoutNode[]; edges: Dependency[] }>()
  for (const node of nodes) {
    const root = rootOf(node.id)
    const part = parts.get(root)
    if (part) part.nodes.push(node)
    else parts.set(root, { nodes: [node], edges: [] })
  }
  for (const edge of edges) parts.get(rootOf(edge.source))?.edges.push(edge)
  return [...parts.values()]
}

/**
 * Pieces of a connected graph from top to bottom: the last node of each is the first of the next, and no edge passes it. A graph with cycles is one
 * piece.
 */
export function segmentsOf(graph: LayoutGraph): readonly LayoutGraph[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const { order, blocked } = topologicalOrder([...byId.keys()], graph.edges)
  if (blocked.length > 0) return [graph]
  const place = new Map(order.map((id, i) => [id, i]))
  const leaving = order.map((): Dependency[] => [])
  for (const edge of graph.edges) leaving[place.get(edge.source) ?? 0]?.push(edge)
  const segments: LayoutGraph[] = []
  let start = 0
  /** The farthest that an edge reaches from before the node that is looked at. */
  let reach = 0
  const close = (end: number): void => {
    const nodes = order.slice(start, end + 1).flatMap((id) => byId.get(id) ?? [])
    segments.push({ nodes, edges: leaving.slice(start, end).flat() })
    start = end
  }
  for (let i = 0; i < order.length; i++) {
    if (i > start && reach <= i) close(i)
    for (const { target } of leaving[i] ?? []) reach = Math.max(reach, place.get(target) ?? 0)
  }
  if (segments.length === 0) return [graph]
  return segments
}

/** The same for two pieces that are arranged in the same way: sizes, and edges by the places of their ends. */
export function shapeOfSegment({ nodes, edges }: LayoutGraph): string {
  const place = new Map(nodes.map(({ id }, i) => [id, i]))
  const sizes = nodes.map(({ width, height }) => `${width}x${height}`)
  return `${sizes.join(' ')};${edges.map(({ source, target }) => `${place.get(source)}>${place.get(target)}`).join(' ')}`
}

/**
 * Puts pieces below each other so that the node which two of them share is in one place.
 * @param placesOf places within a piece
 * @param gap least distance of the shared nodes from what lies between them
 */
export function joinSegments(
  segments: readonly LayoutGraph[],
  placesOf: (segment: LayoutGraph) => Places,
  gap: number,
): Places {
  const joined = new Map<string, Position>()
  for (const segment of segments) {
    const places = framed(segment, placesOf(segment), gap)
    const first = segment.nodes[0]
    const from = first && places.get(first.id)
    const at = first && joined.get(first.id)
    const shift = from && at ? { x: at.x - from.x, y: at.y - from.y } : { x: 0, y: 0 }
    for (const [id, { x, y }] of places) if (!joined.has(id)) joined.set(id, { x: x + shift.x, y: y + shift.y })
  }
  return toOrigin(joined)
}

/** The first node of a piece above all others and the last below them, so that what hangs loose in one piece is never in the way of the next. */
function framed({ nodes }: LayoutGraph, places: Places, gap: number): Places {
  const [first, last] = [nodes[0], nodes.at(-1)]
  if (!first || !last || nodes.length < 3) return places
  const inner = nodes.slice(1, -1).flatMap(({ id, height }) => {
    const place = places.get(id)
    return place ? [{ top: place.y, bottom: place.y + height }] : []
  })
  const top = inner.reduce((least, box) => Math.min(least, box.top), Infinity)
  const bottom = inner.reduce((most, box) => Math.max(most, box.bottom), -Infinity)
  const moved = new Map(places)
  const from = places.get(first.id)
  const to = places.get(last.id)
  if (from) moved.set(first.id, { x: from.x, y: Math.min(from.y, top - gap - first.height) })
  if (to) moved.set(last.id, { x: to.x, y: Math.max(to.y, bottom + gap) })
  return moved
}

/** With the upper left corner of everything at the origin. */
function toOrigin(places: Places): Places {
  const left = [...places.values()].reduce((least, { x }) => Math.min(least, x), Infinity)
  const top = [...places.values()].reduce((least, { y }) => Math.min(least, y), Infinity)
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x - left, y: y - top }]))
}
