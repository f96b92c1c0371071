/**
 * Automatic layout by ELK's layered algorithm, in a worker of its own so that the window never waits. Unfolded blocks keep their inside and count with
 * the room they take. The worker is a file of ours: the policy allows no script from elsewhere, and ELK needs no eval.
 */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import { arrangeGraph } from './arrange-graph.ts'
import type { Scene } from './build-scene.ts'
import { nodeWidth } from './node-size.ts'

let elk: InstanceType<typeof ELK> | undefined

/** Starts the worker before it is needed: reading its code takes longer than most layouts. */
export function prepareLayout(): InstanceType<typeof ELK> {
  elk ??= new ELK({ workerUrl, algorithms: ['layered'] })
  return elk
}

/** Where the nodes of the graph in sight go, as documents store it. @throws when the worker fails */
export async function layOutScene({ nodes, edges }: Scene): Promise<ReadonlyMap<string, Position>> {
  const top = nodes.filter(({ parent, kind }) => parent === undefined && kind !== 'border')
  const parents = new Map(nodes.map(({ id, parent }) => [id, parent]))
  const topOf = (id: string): string => {
    const parent = parents.get(id)
    return parent === undefined ? id : topOf(parent)
  }
  const widths = new Map(top.map(({ id, width }) => [id, width]))
  const links = edges
    .map(({ source, target }) => ({ source: topOf(source), target: topOf(target) }))
    .filter(({ source, target }) => source !== target && widths.has(source) && widths.has(target))
  const graph = { nodes: top.map(({ id, width, height }) => ({ id, width, height })), edges: links }
  const places = await arrangeGraph(graph, (piece: ElkNode) => prepareLayout().layout(piece))
  return new Map(
    [...places].map(([id, { x, y }]) => [id, { x: x + ((widths.get(id) ?? nodeWidth) - nodeWidth) / 2, y }]),
  )
}
