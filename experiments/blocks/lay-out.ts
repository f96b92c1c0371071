/** Places for the nodes of a small graph: one row for each step from the inputs, branches side by side. The editor has a better one. */
import type { NetworkGraph, NetworkNode } from '../network/network-document.ts'
import { topologicalOrder } from '../network/topological-order.ts'

const row = 110
const column = 220

/** Nodes that have places keep them; without any, all get one, with the first row at `origin`. */
export function layOut({ nodes, edges }: NetworkGraph, origin = { x: 0, y: 0 }): readonly NetworkNode[] {
  if (nodes.some((node) => node.position)) return nodes
  const sources = new Map<string, string[]>()
  for (const { source, target } of edges) sources.set(target, [...(sources.get(target) ?? []), source])
  const depths = new Map<string, number>()
  const { order } = topologicalOrder(
    nodes.map((node) => node.id),
    edges,
  )
  for (const id of order) {
    depths.set(id, Math.max(0, ...(sources.get(id) ?? []).map((source) => (depths.get(source) ?? -1) + 1)))
  }
  const depthOf = (node: NetworkNode) => depths.get(node.id) ?? 0
  return nodes.map((node) => {
    const depth = depthOf(node)
    const beside = nodes.filter((other) => depthOf(other) === depth)
    const x = origin.x + (beside.indexOf(node) - (beside.length - 1) / 2) * column
    return { ...node, position: { x, y: origin.y + depth * row } }
  })
}
