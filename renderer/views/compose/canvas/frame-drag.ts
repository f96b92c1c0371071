/** A frame that is dragged takes along what lies in it. */
import type { EditableGraph } from '../../../../experiments/editing/graph-place.ts'
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Scene } from './build-scene.ts'
import type { FlowNode } from './flow-items.ts'

/** By id: the frame that carries it, and where it lies from the frame's corner. */
export type Carried = ReadonlyMap<string, { readonly frame: string; readonly offset: Position }>

interface Placed {
  readonly id: string
  readonly position: Position
  readonly size: { readonly width: number; readonly height: number }
}

/** @param dragged what the hand holds; it is not carried */
export function carriedBy(dragged: readonly Pick<FlowNode, 'id'>[], scene: Scene): Carried {
  const held = new Set(dragged.map(({ id }) => id))
  const frames = scene.annotations.filter(({ id, kind }) => kind === 'frame' && held.has(id))
  if (frames.length === 0) return new Map()
  const nodes = scene.nodes.filter(({ parent, kind }) => parent === undefined && kind !== 'border')
  const items: readonly Placed[] = [
    ...nodes.map(({ id, x, y, width, height }) => ({ id, position: { x, y }, size: { width, height } })),
    ...scene.annotations,
  ]
  return new Map(
    items.flatMap((item) => {
      const frame = held.has(item.id) ? undefined : frames.find((candidate) => isInside(item, candidate))
      if (!frame) return []
      const offset = { x: item.position.x - frame.position.x, y: item.position.y - frame.position.y }
      return [[item.id, { frame: frame.id, offset }] as const]
    }),
  )
}

/** The nodes with those that are carried beside their frames. */
export function carry(nodes: FlowNode[], dragged: readonly FlowNode[], carried: Carried): FlowNode[] {
  if (carried.size === 0) return nodes
  const frames = new Map(dragged.map(({ id, position }) => [id, position]))
  return nodes.map((node) => {
    const held = carried.get(node.id)
    const frame = held && frames.get(held.frame)
    return held && frame ? { ...node, position: { x: frame.x + held.offset.x, y: frame.y + held.offset.y } } : node
  })
}

/** Where what was carried is stored, when the frames were let go: as far from where it was as its frame. */
export function carriedTo(
  frames: ReadonlyMap<string, Position>,
  carried: Carried,
  { nodes, annotations = [] }: EditableGraph,
): ReadonlyMap<string, Position> {
  const before = new Map([...nodes, ...annotations].map(({ id, position }) => [id, position]))
  return new Map(
    [...carried].flatMap(([id, { frame }]) => {
      const [from, to, own] = [before.get(frame), frames.get(frame), before.get(id)]
      return from && to && own ? [[id, { x: own.x + to.x - from.x, y: own.y + to.y - from.y }] as const] : []
    }),
  )
}

function isInside(item: Placed, { position, size }: Placed): boolean {
  const { x, y } = item.position
  const { width, height } = item.size
  return (
    x >= position.x && y >= position.y && x + width <= position.x + size.width && y + height <= position.y + size.height
  )
}
