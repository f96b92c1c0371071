/** Where a node goes that is added behind another: below it, beside what is there already. */
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { SceneNode } from './build-scene.ts'
import { columnPitch, nodeHeight, nodeWidth, rowPitch } from './node-size.ts'

export function placeBehind(item: SceneNode, items: readonly SceneNode[]): Position {
  const y = item.y + item.height + (rowPitch - nodeHeight)
  const x = item.x + (item.width - nodeWidth) / 2
  return freePlace({ x, y }, items)
}

export function freePlace(wanted: Position, items: readonly SceneNode[]): Position {
  const isTaken = ({ x, y }: Position) =>
    items.some(
      (item) =>
        item.parent === undefined &&
        item.kind !== 'border' &&
        x < item.x + item.width &&
        x + nodeWidth > item.x &&
        y < item.y + item.height &&
        y + nodeHeight > item.y,
    )
  for (let i = 0; i < 50; i++) {
    // Right, left, farther right, ...
    const shift = Math.ceil(i / 2) * columnPitch * (i % 2 === 1 ? 1 : -1)
    const place = { x: wanted.x + shift, y: wanted.y }
    if (!isTaken(place)) return place
  }
  return wanted
}
