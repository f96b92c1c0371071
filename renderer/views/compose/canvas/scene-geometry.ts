/** Where things of a scene lie on the canvas, counted from its origin, and the curves of its wires. */
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Scene, SceneNode } from './build-scene.ts'
import type { Size } from './node-size.ts'

export interface Rect extends Position, Size {}

const known = new WeakMap<readonly SceneNode[], ReadonlyMap<string, Position>>()

/** Corners of the nodes: what lies in an unfolded block counts from that block's corner. */
export function absolutePlaces({ outline }: Pick<Scene, 'outline'>): ReadonlyMap<string, Position> {
  const places = known.get(outline) ?? placesIn(outline)
  known.set(outline, places)
  return places
}

function placesIn(outline: readonly SceneNode[]): ReadonlyMap<string, Position> {
  const places = new Map<string, Position>()
  for (const { id, x, y, parent } of outline) {
    const around = parent === undefined ? undefined : places.get(parent)
    places.set(id, { x: x + (around?.x ?? 0), y: y + (around?.y ?? 0) })
  }
  return places
}

/** Around everything, or around what `ids` name; null for nothing. */
export function boundsOf(scene: Pick<Scene, 'outline' | 'annotations'>, ids?: ReadonlySet<string>): Rect | null {
  const places = absolutePlaces(scene)
  const isWanted = ({ id }: { readonly id: string }): boolean => ids?.has(id) ?? true
  const boxes = [
    ...scene.outline
      .filter(isWanted)
      .map(({ id, width, height }) => ({ ...(places.get(id) ?? { x: 0, y: 0 }), width, height })),
    ...scene.annotations.filter(isWanted).map(({ position, size }) => ({ ...position, ...size })),
  ]
  if (boxes.length === 0) return null
  const x = boxes.reduce((least, box) => Math.min(least, box.x), Infinity)
  const y = boxes.reduce((least, box) => Math.min(least, box.y), Infinity)
  const right = boxes.reduce((most, box) => Math.max(most, box.x + box.width), -Infinity)
  const bottom = boxes.reduce((most, box) => Math.max(most, box.y + box.height), -Infinity)
  return { x, y, width: right - x, height: bottom - y }
}

export interface Curve {
  readonly id: string
  readonly key: string | undefined
  readonly from: Position
  readonly to: Position
  /** How far the handles of the curve reach down from its start and up from its end. */
  readonly reach: number
}

/**
 * From the outputs to the inputs, as the flow library bends them.
 * @param dragged nodes of the graph in sight that are this far from their places, with what is inside of them
 */
export function wireCurves(scene: Scene, dragged?: Position & { readonly ids: ReadonlySet<string> }): readonly Curve[] {
  const places = new Map(absolutePlaces(scene))
  if (dragged) {
    for (const [id, { x, y }] of places) {
      if (dragged.ids.has(id.split('/')[0] ?? '')) places.set(id, { x: x + dragged.x, y: y + dragged.y })
    }
  }
  const byId = new Map(scene.nodes.map((node) => [node.id, node]))
  return scene.edges.flatMap((edge) => {
    const source = byId.get(edge.source)
    const target = byId.get(edge.target)
    const start = places.get(edge.source)
    const end = places.get(edge.target)
    if (!source || !target || !start || !end) return []
    const from = { x: start.x + portX(source, 'outputs', edge.sourcePort), y: start.y + source.height }
    const to = { x: end.x + portX(target, 'inputs', edge.targetPort), y: end.y }
    return [{ id: edge.id, key: edge.key, from, to, reach: reachOf(from, to) }]
  })
}

function reachOf(from: Position, to: Position): number {
  const distance = to.y - from.y
  return distance >= 0 ? distance / 2 : 6.25 * Math.sqrt(-distance)
}

/** How far from its end a wire is taken: beside the port, which draws wires of its own. */
const grip = 22

/** A point on a wire near one of its ends; of a short wire a quarter of the way. */
export function wirePoint(from: Position, to: Position, end: 'start' | 'end'): Position {
  const reach = reachOf(from, to)
  const near = Math.min(0.25, grip / (3 * reach))
  const t = end === 'start' ? near : 1 - near
  const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3]
  return { x: (a + b) * from.x + (c + d) * to.x, y: a * from.y + b * (from.y + reach) + c * (to.y - reach) + d * to.y }
}

export function curvePath({ from, to, reach }: Curve): string {
  return `M${from.x},${from.y}C${from.x},${from.y + reach} ${to.x},${to.y - reach} ${to.x},${to.y}`
}

/** Key of the wire of the graph in sight that passes closest to a point, if it does within `radius`. */
export function wireAt(curves: readonly Curve[], point: Position, radius: number): string | undefined {
  let best: string | undefined
  let least = radius
  for (const curve of curves) {
    if (curve.key === undefined) continue
    for (let i = 0; i <= 16; i++) {
      const { x, y } = pointOf(curve, i / 16)
      const distance = Math.hypot(x - point.x, y - point.y)
      if (distance > least) continue
      least = distance
      best = curve.key
    }
  }
  return best
}

function pointOf({ from, to, reach }: Curve, t: number): Position {
  const u = 1 - t
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
  return {
    x: (a + b) * from.x + (c + d) * to.x,
    y: a * from.y + b * (from.y + reach) + c * (to.y - reach) + d * to.y,
  }
}

function portX(node: SceneNode, side: 'inputs' | 'outputs', port: string): number {
  const ports = node[side]
  const index = Math.max(
    0,
    ports.findIndex(({ name }) => name === port),
  )
  return (node.width * (index + 1)) / (Math.max(1, ports.length) + 1)
}
