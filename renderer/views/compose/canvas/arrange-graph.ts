/**
 * Arranges a graph by ELK, piece by piece: parts that hang together beside each other, each cut where everything passes one node, and of
 * pieces that look alike only the first is asked for.
 */
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import {
  connectedParts,
  joinSegments,
  segmentsOf,
  shapeOfSegment,
  type LayoutGraph,
  type Places,
} from './layout-segments.ts'
import { columnPitch, nodeHeight, nodeWidth, rowPitch } from './node-size.ts'

const rowGap = rowPitch - nodeHeight
const columnGap = columnPitch - nodeWidth

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': String(columnGap),
  'elk.spacing.componentComponent': String(columnGap),
  'elk.layered.spacing.nodeNodeBetweenLayers': String(rowGap),
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  // As good to the eye on such graphs, and several times faster.
  'elk.layered.thoroughness': '3',
}

/** @param elk lays out one graph; its answer has a place for every child */
export async function arrangeGraph(graph: LayoutGraph, elk: (graph: ElkNode) => Promise<ElkNode>): Promise<Places> {
  const parts = connectedParts(graph)
  const known = new Map<string, Promise<Places>>()
  const arranged = await Promise.all(parts.map((part) => arrangePart(part, elk, known)))
  if (arranged.length === 1) return arranged[0] ?? new Map()
  // Parts are packed as ELK packs nodes without edges.
  const boxes = parts.map(({ nodes }, i) => ({ id: String(i), ...extentOf(nodes, arranged[i] ?? new Map()) }))
  const corners = await places({ nodes: boxes, edges: [] }, elk)
  return new Map(
    arranged.flatMap((own, i) => {
      const corner = corners.get(String(i)) ?? { x: 0, y: 0 }
      return [...own].map(([id, { x, y }]) => [id, { x: x + corner.x, y: y + corner.y }] as const)
    }),
  )
}

async function arrangePart(
  part: LayoutGraph,
  elk: (graph: ElkNode) => Promise<ElkNode>,
  known: Map<string, Promise<Places>>,
): Promise<Places> {
  const segments = segmentsOf(part)
  const made = await Promise.all(
    segments.map(async (segment) => {
      const shape = shapeOfSegment(segment)
      let asked = known.get(shape)
      if (!asked) {
        asked = places(byNumber(segment), elk)
        known.set(shape, asked)
      }
      const numbered = await asked
      return new Map(segment.nodes.map(({ id }, i) => [id, numbered.get(String(i)) ?? { x: 0, y: 0 }]))
    }),
  )
  const bySegment = new Map(segments.map((segment, i) => [segment, made[i] ?? new Map()]))
  return joinSegments(segments, (segment) => bySegment.get(segment) ?? new Map(), rowGap)
}

/** The same piece with its nodes called by their places, so that the answer serves all that look alike. */
function byNumber({ nodes, edges }: LayoutGraph): LayoutGraph {
  const numbers = new Map(nodes.map(({ id }, i) => [id, String(i)]))
  return {
    nodes: nodes.map(({ width, height }, i) => ({ id: String(i), width, height })),
    edges: edges.map(({ source, target }) => ({
      source: numbers.get(source) ?? '',
      target: numbers.get(target) ?? '',
    })),
  }
}

async function places({ nodes, edges }: LayoutGraph, elk: (graph: ElkNode) => Promise<ElkNode>): Promise<Places> {
  const [first, second] = nodes
  // Two in a row need no algorithm.
  if (first && second && nodes.length === 2 && edges.length === 1) {
    const width = Math.max(first.width, second.width)
    return new Map([
      [first.id, { x: (width - first.width) / 2, y: 0 }],
      [second.id, { x: (width - second.width) / 2, y: first.height + rowGap }],
    ])
  }
  const { children = [] } = await elk({
    id: 'root',
    layoutOptions: options,
    children: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ source, target }, i) => ({ id: `e${i}`, sources: [source], targets: [target] })),
  })
  return new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }]))
}

function extentOf(nodes: LayoutGraph['nodes'], own: Places): { readonly width: number; readonly height: number } {
  const ends = nodes.map(({ id, width, height }) => {
    const { x, y } = own.get(id) ?? { x: 0, y: 0 }
    return { right: x + width, bottom: y + height }
  })
  return {
    width: ends.reduce((most, { right }) => Math.max(most, right), 0),
    height: ends.reduce((most, { bottom }) => Math.max(most, bottom), 0),
  }
}
