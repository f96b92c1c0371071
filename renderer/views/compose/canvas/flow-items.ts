/**
 * The scene in the form of the flow library. Items that did not change are the same objects as before, so that an edit redraws the nodes that
 * it touched and no others.
 */
import { Position, type Edge, type Node } from '@xyflow/svelte'
import type { Annotation } from '../../../../experiments/network/network-document.ts'
import type { Scene, SceneEdge, SceneNode } from './build-scene.ts'

export type FlowNode =
  Node<{ item: SceneNode }, 'layer' | 'group' | 'border'> | Node<{ note: Annotation }, 'frame' | 'comment'>
export type FlowEdge = Edge<{ item: SceneEdge }, 'wire'>

export interface FlowItems {
  readonly nodes: FlowNode[]
  readonly edges: FlowEdge[]
}

export interface FlowState {
  readonly selected: ReadonlySet<string>
  readonly selectedEdges: ReadonlySet<string>
  readonly readOnly: boolean
  /** Nodes and wires are drawn otherwise; only this one node has an element. Undefined: everything has one. */
  readonly far?: { readonly shown: string | undefined } | undefined
}

const handleSize = 12

/** A made item with what it was made of. */
interface Made<T> {
  readonly from: unknown
  readonly state: string
  readonly item: T
}

export class FlowItemMaker {
  private nodes = new Map<string, Made<FlowNode>>()
  private edges = new Map<string, Made<FlowEdge>>()
  private last: FlowItems = { nodes: [], edges: [] }

  /** @param scene with the same objects for what did not change, see keep-scene.ts */
  make(scene: Scene, { selected, selectedEdges, readOnly, far }: FlowState): FlowItems {
    const nodes = new Map<string, Made<FlowNode>>()
    for (const note of scene.annotations) {
      const isSelected = selected.has(note.id)
      const state = `${isSelected} ${readOnly}`
      nodes.set(
        note.id,
        made(this.nodes, note, state, () => noteNode(note, isSelected, readOnly)),
      )
    }
    for (const item of scene.nodes) {
      const isSelected = selected.has(item.id)
      const hidden = far !== undefined && far.shown !== item.id
      const state = `${isSelected} ${readOnly} ${hidden}`
      nodes.set(
        item.id,
        made(this.nodes, item, state, () => flowNode(item, isSelected, readOnly, hidden)),
      )
    }
    const edges = new Map<string, Made<FlowEdge>>()
    for (const item of far ? [] : scene.edges) {
      const isSelected = item.key !== undefined && selectedEdges.has(item.key)
      edges.set(
        item.id,
        made(this.edges, item, String(isSelected), () => flowEdge(item, isSelected)),
      )
    }
    this.nodes = nodes
    this.edges = edges
    this.last = { nodes: listOf(nodes, this.last.nodes), edges: listOf(edges, this.last.edges) }
    return this.last
  }
}

/** The same list as before where nothing in it changed: the library indexes lists that it has not seen. */
function listOf<T>(made: ReadonlyMap<string, Made<T>>, before: T[]): T[] {
  const items = [...made.values()].map(({ item }) => item)
  return items.length === before.length && items.every((item, i) => item === before[i]) ? before : items
}

function made<T>(
  known: ReadonlyMap<string, Made<T>>,
  from: { readonly id: string },
  state: string,
  make: () => T,
): Made<T> {
  const before = known.get(from.id)
  return before?.from === from && before.state === state ? before : { from, state, item: make() }
}

function flowNode(item: SceneNode, selected: boolean, readOnly: boolean, hidden: boolean): FlowNode {
  const { id, kind, x, y, width, height, parent } = item
  const own = parent === undefined && kind !== 'border' && !readOnly
  return {
    id,
    type: kind === 'group' ? 'group' : kind === 'border' ? 'border' : 'layer',
    data: { item },
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: [...handles(item, 'target'), ...handles(item, 'source')],
    selected,
    hidden,
    draggable: own,
    connectable: parent === undefined && !readOnly,
    selectable: kind !== 'border',
    zIndex: kind === 'group' ? 0 : 2,
    ...(parent !== undefined && { parentId: parent }),
  }
}

function handles(item: SceneNode, type: 'source' | 'target'): NonNullable<FlowNode['handles']> {
  if (item.kind === 'group') return []
  const ports = type === 'source' ? item.outputs : item.inputs
  return ports.map(({ name }, i) => ({
    id: name,
    type,
    position: type === 'source' ? Position.Bottom : Position.Top,
    x: (item.width * (i + 1)) / (ports.length + 1) - handleSize / 2,
    y: (type === 'source' ? item.height : 0) - handleSize / 2,
    width: handleSize,
    height: handleSize,
  }))
}

function noteNode(note: Annotation, selected: boolean, readOnly: boolean): FlowNode {
  const { width, height } = note.size
  return {
    id: note.id,
    type: note.kind,
    data: { note },
    position: note.position,
    width,
    height,
    measured: { width, height },
    handles: [],
    selected,
    draggable: !readOnly,
    connectable: false,
    zIndex: note.kind === 'frame' ? -1 : 1,
  }
}

function flowEdge(item: SceneEdge, selected: boolean): FlowEdge {
  return {
    id: item.id,
    type: 'wire',
    source: item.source,
    sourceHandle: item.sourcePort,
    target: item.target,
    targetHandle: item.targetPort,
    data: { item },
    selected,
    selectable: item.key !== undefined,
    zIndex: 1,
  }
}
