/**
 * Automatic layout by ELK's layered algorithm, in a worker of its own so that the window never waits. Unfolded blocks keep their inside and count with
 * the room they take. The worker is a file of ours: the policy allows no script from elsewhere, and ELK needs no eval.
 */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Scene } from './build-scene.ts'
import { columnPitch, nodeHeight, nodeWidth, rowPitch } from './node-size.ts'

let elk: InstanceType<typeof ELK> | undefined

/** Starts the worker before it is needed: reading its code takes longer than most layouts. */
export function prepareLayout(): InstanceType<typeof ELK> {
  elk ??= new ELK({ workerUrl, algorithms: ['layered'] })
  return elk
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.spacing.nodeNode': String(columnPitch - nodeWidth),
  'elk.layered.spacing.nodeNodeBetweenLayers': String(rowPitch - nodeHeight),
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  // As good to the eye on such graphs, and several times faster.
  'elk.layered.thoroughness': '3',
}

/** Where the nodes of the graph in sight go, as documents store it. @throws when the worker fails */
export async function layOutScene({ nodes, edges }: Scene): Promise<ReadonlyMap<string, Position>> {
  const top = nodes.filter(({ parent, kind }) => parent === undefined && kind !== 'border')
  const parents = new Map(nodes.map(({ id, parent }) => [id, parent]))
  const topOf = (id: string): string => {
    const parent = parents.get(id)
    return parent === undefined ? id : topOf(parent)
  }
  const ids = new Set(top.map(({ id }) => id))
  const links = edges
    .map(({ id, source, target }) => ({ id, sources: [topOf(source)], targets: [topOf(target)] }))
    .filter(
      ({ sources: [source = ''], targets: [target = ''] }) => source !== target && ids.has(source) && ids.has(target),
    )
  const graph: ElkNode = {
    id: 'root',
    layoutOptions: options,
    children: top.map(({ id, width, height }) => ({ id, width, height })),
    edges: links,
  }
  const { children = [] } = await prepareLayout().layout(graph)
  return new Map(children.map(({ id, x = 0, y = 0, width = nodeWidth }) => [id, { x: x + (width - nodeWidth) / 2, y }]))
}
