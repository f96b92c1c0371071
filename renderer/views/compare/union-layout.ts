/** Places for both networks of a diff at once: what is in both has the same place in both, so that eyes need not search. */
import type { NetworkDiff } from '../../../experiments/diff/diff-networks.ts'
import { layeredPositions } from '../../../experiments/network/layered-positions.ts'

export interface PlacedNode {
  readonly x: number
  readonly y: number
}

export interface UnionLayout {
  readonly places: ReadonlyMap<string, PlacedNode>
  readonly width: number
  readonly height: number
}

export const nodeSize = { width: 132, height: 26 }
const gap = { x: 24, y: 16 }
const margin = 16

export function unionLayout({ nodes, edges }: NetworkDiff): UnionLayout {
  const keys = nodes.map(({ key }) => key)
  const found = layeredPositions(
    keys,
    edges.map(({ from, to }) => ({ source: from, target: to })),
  )
  // A layer that moved to where it came from closes a circle over both networks: such layers stand below each other at the side.
  const columns = [...found.values()].map(({ x }) => x)
  const [left, right] = [Math.min(0, ...columns), Math.max(0, ...columns)]
  const step = { x: nodeSize.width + gap.x, y: nodeSize.height + gap.y }
  let strays = 0
  const places = new Map(
    keys.map((key) => {
      const place = found.get(key)
      const column = place ? (place.x - left) / 220 : (right - left) / 220 + 1
      const row = place ? place.y / 110 : strays++
      return [key, { x: margin + column * step.x, y: margin + row * step.y }]
    }),
  )
  const ends = [...places.values()]
  return {
    places,
    width: Math.max(0, ...ends.map(({ x }) => x)) + nodeSize.width + margin,
    height: Math.max(0, ...ends.map(({ y }) => y)) + nodeSize.height + margin,
  }
}

/** From the bottom of a node to the top of another; past others at the side where it leaps over rows. */
export function edgePath(from: PlacedNode, to: PlacedNode): string {
  const [x1, y1] = [from.x + nodeSize.width / 2, from.y + nodeSize.height]
  const [x2, y2] = [to.x + nodeSize.width / 2, to.y]
  const leap = y2 - y1 > nodeSize.height + 2 * gap.y && Math.abs(x1 - x2) < nodeSize.width
  if (!leap) return `M${x1} ${y1} C${x1} ${y1 + gap.y} ${x2} ${y2 - gap.y} ${x2} ${y2}`
  const side = Math.max(x1, x2) + nodeSize.width / 2 + gap.x / 2
  return `M${x1} ${y1} C${x1} ${y1 + gap.y} ${side} ${y1} ${side} ${y1 + 2 * gap.y} L${side} ${y2 - 2 * gap.y} C${side} ${y2} ${x2} ${y2 - gap.y} ${x2} ${y2}`
}
