/** Places: moving nodes, aligning and distributing them, and taking over a layout. Nothing here changes what the network computes. */
import type { Position } from '../network/layered-positions.ts'
import type { Annotation, NetworkNode } from '../network/network-document.ts'
import { rounded } from './add-node.ts'
import { refuseEdit, type Edit } from './edit.ts'
import { graphAt, withGraph, type GraphPlace } from './graph-place.ts'

export interface Box extends Position {
  readonly width: number
  readonly height: number
}

export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'

/** @param positions by id of node or annotation */
export function moveNodes(
  place: GraphPlace,
  positions: ReadonlyMap<string, Position>,
  kind: 'move' | 'arrange' | 'align' | 'distribute' = 'move',
): Edit {
  return {
    kind,
    subject: String(positions.size),
    presentation: true,
    apply: (document) => {
      const graph = graphAt(document, place)
      if (!graph) return refuseEdit('', 'there is no such block')
      const moved = <T extends NetworkNode | Annotation>(item: T): T => {
        const position = positions.get(item.id)
        return position ? { ...item, position: rounded(position) } : item
      }
      const change = {
        nodes: graph.nodes.map(moved),
        ...(graph.annotations && { annotations: graph.annotations.map(moved) }),
      }
      return { ok: true, document: withGraph(document, place, change) }
    },
  }
}

/** Moves nodes by the same distance from wherever they are. */
export function shiftNodes(place: GraphPlace, ids: ReadonlySet<string>, by: Position): Edit {
  return {
    kind: 'move',
    subject: String(ids.size),
    presentation: true,
    apply: (document) => {
      const items = graphAt(document, place)?.nodes ?? []
      const positions = new Map(
        items.flatMap(({ id, position }) =>
          ids.has(id) && position ? [[id, { x: position.x + by.x, y: position.y + by.y }] as const] : [],
        ),
      )
      return moveNodes(place, positions).apply(document)
    },
  }
}

/** @param boxes where the nodes are and how large they are drawn */
export function alignNodes(place: GraphPlace, boxes: ReadonlyMap<string, Box>, to: Alignment): Edit {
  const all = [...boxes.values()]
  const left = Math.min(...all.map(({ x }) => x))
  const right = Math.max(...all.map(({ x, width }) => x + width))
  const top = Math.min(...all.map(({ y }) => y))
  const bottom = Math.max(...all.map(({ y, height }) => y + height))
  const aligned = ({ x, y, width, height }: Box): Position => {
    if (to === 'left') return { x: left, y }
    if (to === 'right') return { x: right - width, y }
    if (to === 'center') return { x: (left + right - width) / 2, y }
    if (to === 'top') return { x, y: top }
    if (to === 'bottom') return { x, y: bottom - height }
    return { x, y: (top + bottom - height) / 2 }
  }
  return moveNodes(place, new Map([...boxes].map(([id, box]) => [id, aligned(box)])), 'align')
}

/** Equal gaps between neighbours; the outermost stay where they are. */
export function distributeNodes(place: GraphPlace, boxes: ReadonlyMap<string, Box>, axis: 'x' | 'y'): Edit {
  const size = axis === 'x' ? 'width' : 'height'
  const ordered = [...boxes].sort(([, a], [, b]) => a[axis] - b[axis])
  const first = ordered[0]?.[1]
  const last = ordered.at(-1)?.[1]
  const room = first && last ? last[axis] + last[size] - first[axis] : 0
  const gap = (room - ordered.reduce((sum, [, box]) => sum + box[size], 0)) / Math.max(1, ordered.length - 1)
  let at = first?.[axis] ?? 0
  const positions = new Map<string, Position>()
  for (const [id, box] of ordered) {
    positions.set(id, axis === 'x' ? { x: at, y: box.y } : { x: box.x, y: at })
    at += box[size] + gap
  }
  return moveNodes(place, positions, 'distribute')
}
