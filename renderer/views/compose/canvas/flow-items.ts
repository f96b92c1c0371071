/**
 * The scene in the form of the flow library. An item stays the same object as long as it is in its place: what it shows lies in a cell that its component
 * reads, so that an edit redraws the nodes that it touched, and the library, which looks at all nodes when one is another object, hears nothing of it.
 */
import { Position, type Edge, type Node } from '@xyflow/svelte'
import type { Annotation } from '../../../../experiments/network/network-document.ts'
import { samePlace, type Scene, type SceneEdge, type SceneNode } from './build-scene.ts'
import { SceneCell } from './scene-cell.svelte.ts'

export type FlowNode =
  | Node<SceneCell<SceneNode> & Record<string, unknown>, 'layer' | 'group' | 'border'>
  | Node<{ note: Annotation }, 'frame' | 'comment'>
export type FlowEdge = Edge<SceneCell<SceneEdge> & Record<string, unknown>, 'wire'>

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
interface Made<T, From> {
  readonly from: From
  readonly state: string
  readonly item: T
  /** What it shows. */
  readonly cell: SceneCell<From>
}

type MadeNodes = Map<string, Made<FlowNode, SceneNode | Annotation>>
type MadeEdges = Map<string, Made<FlowEdge, SceneEdge>>

export class FlowItemMaker {
  private nodes: MadeNodes = new Map()
  private edges: MadeEdges = new Map()
  private last: FlowItems = { nodes: [], edges: [] }

  /** @param scene with the same objects for what did not change */
  make(scene: Scene, { selected, selectedEdges, readOnly, far }: FlowState): FlowItems {
    const nodes: MadeNodes = new Map()
    for (const note of scene.annotations) {
      const isSelected = selected.has(note.id)
      const before = this.nodes.get(note.id)
      const make = (): FlowNode => noteNode(note, isSelected, readOnly)
      nodes.set(note.id, made(before, note, `${isSelected} ${readOnly}`, isSameNote, make))
    }
    for (const item of scene.nodes) {
      const isSelected = selected.has(item.id)
      const hidden = far !== undefined && far.shown !== item.id
      const before = this.nodes.get(item.id)
      const make = (cell: SceneCell<SceneNode | Annotation>): FlowNode =>
        flowNode(item, cell as SceneCell<SceneNode>, { isSelected, readOnly, hidden })
      nodes.set(item.id, made(before, item, `${isSelected} ${readOnly} ${hidden}`, isInPlace, make))
    }
    const edges: MadeEdges = new Map()
    for (const item of far ? [] : scene.edges) {
      const isSelected = item.key !== undefined && selectedEdges.has(item.key)
      const make = (cell: SceneCell<SceneEdge>): FlowEdge => flowEdge(item, cell, isSelected)
      edges.set(item.id, made(this.edges.get(item.id), item, String(isSelected), sameEnds, make))
    }
    this.nodes = nodes
    this.edges = edges
    this.last = { nodes: listOf(nodes, this.last.nodes), edges: listOf(edges, this.last.edges) }
    return this.last
  }
}

/** The same list as before where nothing in it changed: the library indexes lists that it has not seen. */
function listOf<T>(items: ReadonlyMap<string, { readonly item: T }>, before: T[]): T[] {
  const now = [...items.values()].map(({ item }) => item)
  return now.length === before.length && now.every((item, i) => item === before[i]) ? before : now
}

/** @param fits whether the item of before will do, once its cell shows the new one */
function made<T, From>(
  before: Made<T, From> | undefined,
  from: From,
  state: string,
  fits: (before: From, now: From) => boolean,
  make: (cell: SceneCell<From>) => T,
): Made<T, From> {
  if (before?.from === from && before.state === state) return before
  const cell = before?.cell ?? new SceneCell(from)
  cell.item = from
  const item = before && before.state === state && fits(before.from, from) ? before.item : make(cell)
  return { from, state, item, cell }
}

function isInPlace(before: SceneNode | Annotation, now: SceneNode | Annotation): boolean {
  return 'path' in before && 'path' in now && samePlace(before, now)
}

function isSameNote(before: SceneNode | Annotation, now: SceneNode | Annotation): boolean {
  return before === now
}

function sameEnds(before: SceneEdge, now: SceneEdge): boolean {
  return (
    before.key === now.key &&
    before.source === now.source &&
    before.sourcePort === now.sourcePort &&
    before.target === now.target &&
    before.targetPort === now.targetPort
  )
}

function flowNode(
  item: SceneNode,
  cell: SceneCell<SceneNode>,
  {
    isSelected,
    readOnly,
    hidden,
  }: { readonly isSelected: boolean; readonly readOnly: boolean; readonly hidden: boolean },
): FlowNode {
  const { id, kind, x, y, width, height, parent } = item
  const own = parent === undefined && kind !== 'border' && !readOnly
  return {
    id,
    type: kind === 'group' ? 'group' : kind === 'border' ? 'border' : 'layer',
    data: cell,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: [...handles(item, 'target'), ...handles(item, 'source')],
    selected: isSelected,
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

function flowEdge(item: SceneEdge, cell: SceneCell<SceneEdge>, selected: boolean): FlowEdge {
  return {
    id: item.id,
    type: 'wire',
    source: item.source,
    sourceHandle: item.sourcePort,
    target: item.target,
    targetHandle: item.targetPort,
    data: cell,
    selected,
    selectable: item.key !== undefined,
    zIndex: 1,
  }
}
