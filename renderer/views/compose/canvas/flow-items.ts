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

const handleSize = 12

export class FlowItemMaker {
  private nodes = new Map<string, { readonly signature: string; readonly node: FlowNode }>()
  private edges = new Map<string, { readonly signature: string; readonly edge: FlowEdge }>()

  /** @param plain whether nodes have nothing but their boxes, and wires are drawn otherwise */
  make(
    scene: Scene,
    selected: ReadonlySet<string>,
    selectedEdges: ReadonlySet<string>,
    readOnly: boolean,
    plain = false,
  ): FlowItems {
    const nodes = new Map<string, { readonly signature: string; readonly node: FlowNode }>()
    const keep = (id: string, signature: string, make: () => FlowNode) => {
      const before = this.nodes.get(id)
      nodes.set(id, before?.signature === signature ? before : { signature, node: make() })
    }
    for (const note of scene.annotations) {
      const isSelected = selected.has(note.id)
      keep(note.id, `${JSON.stringify(note)}${isSelected}${readOnly}`, () => noteNode(note, isSelected, readOnly))
    }
    for (const item of scene.nodes) {
      const isSelected = selected.has(item.id)
      keep(item.id, `${JSON.stringify(item)}${isSelected}${readOnly}${plain}`, () =>
        flowNode(item, isSelected, readOnly),
      )
    }
    const edges = new Map<string, { readonly signature: string; readonly edge: FlowEdge }>()
    for (const item of plain ? [] : scene.edges) {
      const isSelected = item.key !== undefined && selectedEdges.has(item.key)
      const signature = `${JSON.stringify(item)}${isSelected}`
      const before = this.edges.get(item.id)
      edges.set(item.id, before?.signature === signature ? before : { signature, edge: flowEdge(item, isSelected) })
    }
    this.nodes = nodes
    this.edges = edges
    return { nodes: [...nodes.values()].map(({ node }) => node), edges: [...edges.values()].map(({ edge }) => edge) }
  }
}

function flowNode(item: SceneNode, selected: boolean, readOnly: boolean): FlowNode {
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
