/**
 * What the canvas shows of a document: the graph in sight, unfolded blocks with their inside in place, numbers and problems on nodes, shapes on
 * edges. Pure, so that it is tested without a window. Edges lead straight to what is inside of an unfolded block. What did not change from one scene to
 * the next is the same object, so that whoever draws it sees at a glance what to draw anew.
 */
import type { LayerAnalysis, NetworkAnalysis } from '../../../../experiments/analysis/analyze-network.ts'
import type { BlockAnalysis } from '../../../../experiments/analysis/sum-blocks.ts'
import type { NodeType, NodeTypes } from '../../../../experiments/blocks/node-types.ts'
import { edgeKeys } from '../../../../experiments/editing/edge-keys.ts'
import type { EditableGraph } from '../../../../experiments/editing/graph-place.ts'
import type { Issue } from '../../../../experiments/errors/studio-error.ts'
import type { Port } from '../../../../experiments/layers/define-layer.ts'
import type { ExpandedBlock } from '../../../../experiments/network/expand-network.ts'
import { layeredPositions, type Position } from '../../../../experiments/network/layered-positions.ts'
import {
  blockInputs,
  blockOutputs,
  type Annotation,
  type NetworkGraph,
  type NetworkNode,
} from '../../../../experiments/network/network-document.ts'
import { sameShape } from '../../../../experiments/ops/tensor-type.ts'
import { layOutInside, type InsideLayout } from './inside-layout.ts'
import { groupPadding, groupTitle, nodeHeight, nodeSize, nodeWidth, rowPitch, type Size } from './node-size.ts'

export interface SceneNode extends Position, Size {
  /** Of a node of the graph in sight its id; of one inside of an unfolded block the path from there. */
  readonly id: string
  /** In the whole network: what analysis and table call it. */
  readonly path: string
  readonly kind: 'layer' | 'block' | 'group' | 'border'
  readonly type: string
  readonly name: string
  readonly title: string
  readonly category: string
  readonly times: number | undefined
  readonly shape: readonly number[]
  readonly params: number | undefined
  readonly macs: number | undefined
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Unfolded block around it; x and y count from its corner. */
  readonly parent: string | undefined
  readonly problems: readonly Issue[]
}

export interface SceneEdge {
  readonly id: string
  /** Of the edge of the graph in sight; undefined for those inside of unfolded blocks. */
  readonly key: string | undefined
  readonly source: string
  readonly sourcePort: string
  readonly target: string
  readonly targetPort: string
  readonly shape: readonly number[]
  readonly hasProblem: boolean
}

export interface Scene {
  /** Blocks before what is inside of them. */
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  readonly annotations: readonly Annotation[]
  /** The nodes for whoever looks at kinds, places and sizes only: the same list as long as these are the same, whatever else changed. */
  readonly outline: readonly SceneNode[]
}

export interface SceneInput {
  readonly graph: EditableGraph
  readonly types: NodeTypes
  readonly analysis: NetworkAnalysis
  readonly expanded: ReadonlyMap<string, ExpandedBlock>
  readonly unfolded: ReadonlySet<string>
  /** In front of ids in sight. */
  readonly prefix: string
  /** Ports of the block whose inside it is. */
  readonly border: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] } | undefined
}

/** @param before what it was made of before, whose items are taken over where they are the same */
export function buildScene(input: SceneInput, before?: Scene): Scene {
  return new SceneBuilder(input, before).build()
}

/** An end of an edge in the scene. */
interface End {
  readonly id: string
  readonly port: string
}

/** What an item is made of besides its node. */
interface NodeParts extends Position, Size {
  readonly id: string
  readonly path: string
  readonly kind: SceneNode['kind']
  readonly type: NodeType | undefined
  readonly numbers: LayerAnalysis | BlockAnalysis | undefined
  readonly problems: readonly Issue[]
  readonly parent: string | undefined
}

const nodeOf = new WeakMap<SceneNode, { readonly node: NetworkNode; readonly type: NodeType | undefined }>()

function makeItem(node: NetworkNode, { numbers, type, ...parts }: NodeParts): SceneNode {
  const item: SceneNode = {
    ...parts,
    type: node.type,
    name: node.name ?? node.id,
    title: type?.title ?? node.type,
    category: type ? categoryOf(type) : 'unknown',
    times: node.repeat?.times,
    shape: numbers?.outputShape ?? noShape,
    params: numbers?.params,
    macs: numbers?.macs,
    inputs: type?.inputs ?? unknownInputs,
    outputs: type?.outputs ?? unknownOutputs,
  }
  nodeOf.set(item, { node, type })
  return item
}

/** Whether making it again would make the same. A node that was only moved, or set to something that costs the same, is as before. */
function isMadeOf(item: SceneNode, node: NetworkNode, parts: NodeParts): boolean {
  const from = nodeOf.get(item)
  if (from?.type !== parts.type || (from?.node !== node && !looksSame(from?.node, node))) return false
  const { numbers, problems } = parts
  return (
    item.path === parts.path &&
    item.kind === parts.kind &&
    item.parent === parts.parent &&
    item.x === parts.x &&
    item.y === parts.y &&
    item.width === parts.width &&
    item.height === parts.height &&
    item.params === numbers?.params &&
    item.macs === numbers?.macs &&
    sameShape(item.shape, numbers?.outputShape ?? noShape) &&
    sameProblems(item.problems, problems)
  )
}

function looksSame(before: NetworkNode | undefined, now: NetworkNode): boolean {
  return before?.type === now.type && before.name === now.name && before.repeat?.times === now.repeat?.times
}

function sameProblems(before: readonly Issue[], now: readonly Issue[]): boolean {
  if (before === now) return true
  return before.length === now.length && before.every((issue, i) => JSON.stringify(issue) === JSON.stringify(now[i]))
}

class SceneBuilder {
  private readonly input: SceneInput
  private readonly layers: ReadonlyMap<string, LayerAnalysis>
  private readonly blocks: ReadonlyMap<string, BlockAnalysis>
  private readonly nodes: SceneNode[] = []
  private readonly edges: SceneEdge[] = []
  private readonly layouts = new Map<string, InsideLayout>()
  private readonly shown = new Map<string, SceneNode>()
  private readonly problems: ReadonlyMap<string, readonly Issue[]>
  private readonly before: Scene | undefined
  private readonly nodesBefore: ReadonlyMap<string, SceneNode>
  private readonly edgesBefore: ReadonlyMap<string, SceneEdge>

  constructor(input: SceneInput, before: Scene | undefined) {
    this.input = input
    this.before = before
    this.nodesBefore = new Map(before?.nodes.map((node) => [node.id, node]))
    this.edgesBefore = new Map(before?.edges.map((edge) => [edge.id, edge]))
    this.layers = new Map(input.analysis.layers.map((layer) => [layer.id, layer]))
    this.blocks = new Map(input.analysis.blocks.map((block) => [block.id, block]))
    this.problems = groupProblems(input)
  }

  build(): Scene {
    const { graph } = this.input
    const positions = placesOf(graph)
    for (const node of graph.nodes) this.add(node, '', positions.get(node.id) ?? { x: 0, y: 0 }, undefined)
    this.addBorder(positions)
    const keys = edgeKeys(graph.edges)
    graph.edges.forEach((edge, i) => this.connect(edge, keys[i] ?? '', graph, '', true))
    this.addInsideEdges(graph, '')
    const nodes = keepList(this.before?.nodes, this.nodes)
    const outline = this.before?.outline
    return {
      nodes,
      edges: keepList(this.before?.edges, this.edges),
      annotations: graph.annotations ?? noAnnotations,
      outline: outline && sameOutline(outline, nodes) ? outline : nodes,
    }
  }

  private isOpen(id: string): boolean {
    const path = this.input.prefix + id
    return this.input.unfolded.has(path) && this.input.expanded.has(path)
  }

  private inside(id: string): NetworkGraph {
    return this.input.expanded.get(this.input.prefix + id)?.inside ?? { nodes: [], edges: [] }
  }

  private sizeOf(id: string): Size {
    if (!this.isOpen(id)) return nodeSize
    const { width, height } = this.layout(id)
    return { width: width + 2 * groupPadding, height: height + groupTitle + groupPadding }
  }

  private layout(id: string): InsideLayout {
    const made = this.layouts.get(id)
    if (made) return made
    const { nodes, edges } = this.inside(id)
    const ids = nodes.map((node) => node.id)
    const layout = layOutInside(ids, edges, (inner) => this.sizeOf(`${id}/${inner}`))
    this.layouts.set(id, layout)
    return layout
  }

  private add(node: NetworkNode, prefix: string, position: Position, parent: string | undefined): void {
    const id = prefix + node.id
    const path = this.input.prefix + id
    const type = this.input.types.of(node.type)
    const open = this.isOpen(id)
    const { width, height } = this.sizeOf(id)
    const isBlock = this.input.expanded.has(path) || (type !== undefined && 'block' in type)
    this.show(node, {
      id,
      path,
      kind: open ? 'group' : isBlock ? 'block' : 'layer',
      type,
      numbers: this.layers.get(path) ?? this.blocks.get(path),
      problems: this.problems.get(id) ?? noProblems,
      parent,
      // An unfolded block grows to both sides and down.
      x: parent === undefined ? position.x + (nodeWidth - width) / 2 : position.x,
      y: position.y,
      width,
      height,
    })
    if (!open) return
    const { positions } = this.layout(id)
    for (const inner of this.inside(id).nodes) {
      const { x, y } = positions.get(inner.id) ?? { x: 0, y: 0 }
      this.add(inner, `${id}/`, { x: x + groupPadding, y: y + groupTitle }, id)
    }
  }

  private show(node: NetworkNode, parts: NodeParts): void {
    const known = this.nodesBefore.get(parts.id)
    const item = known && isMadeOf(known, node, parts) ? known : makeItem(node, parts)
    this.put(item)
  }

  private put(item: SceneNode): void {
    this.nodes.push(item)
    this.shown.set(item.id, item)
  }

  /** The inputs and outputs of the block whose inside is in sight. */
  private addBorder(positions: ReadonlyMap<string, Position>): void {
    const { border } = this.input
    if (!border) return
    const places = [...positions.values()]
    const x = places.length === 0 ? 0 : places.reduce((sum, place) => sum + place.x, 0) / places.length
    const top = Math.min(rowPitch, ...places.map((place) => place.y)) - rowPitch
    const bottom = Math.max(0, ...places.map((place) => place.y)) + rowPitch
    const ends = [
      { id: blockInputs, y: top, inputs: [], outputs: border.inputs },
      { id: blockOutputs, y: bottom, inputs: border.outputs, outputs: [] },
    ]
    for (const { id, y, inputs, outputs } of ends) {
      const item: SceneNode = {
        ...{
          id,
          path: id,
          kind: 'border',
          type: id,
          name: id,
          title: '',
          category: 'border',
          times: undefined,
          shape: [],
        },
        ...{ params: undefined, macs: undefined, inputs, outputs, parent: undefined, problems: [] },
        ...{ x: x + (nodeWidth - 120) / 2, y: y + (nodeHeight - 32) / 2, width: 120, height: 32 },
      }
      const known = this.nodesBefore.get(id)
      this.put(known && samePlace(known, item) ? known : item)
    }
  }

  private addInsideEdges({ nodes }: NetworkGraph, prefix: string): void {
    for (const node of nodes) {
      const id = prefix + node.id
      if (!this.isOpen(id)) continue
      const inside = this.inside(id)
      for (const edge of inside.edges) {
        if (edge.source === blockInputs || edge.target === blockOutputs) continue
        this.connect(edge, undefined, inside, `${id}/`, false)
      }
      this.addInsideEdges(inside, `${id}/`)
    }
  }

  private connect(
    edge: NetworkGraph['edges'][number],
    key: string | undefined,
    graph: NetworkGraph,
    prefix: string,
    editable: boolean,
  ): void {
    const source = this.resolveSource(prefix + edge.source, edge.sourcePort)
    if (!source) return
    const targets = this.resolveTargets(prefix + edge.target, edge.targetPort)
    targets.forEach((target, i) => {
      const base =
        key ??
        `${prefix}${edge.source}:${edge.sourcePort ?? ''}>${edge.target}:${edge.targetPort ?? ''}:${graph.edges.indexOf(edge)}`
      const from = this.shown.get(source.id)
      const to = this.shown.get(target.id)
      if (!from || !to) return
      const id = i === 0 ? base : `${base}|${i}`
      const shape = from.outputs[0]?.name === source.port ? from.shape : noShape
      const hasProblem = to.problems.some(({ code, severity }) => code === 'shape-mismatch' && severity !== 'warning')
      const known = this.edgesBefore.get(id)
      const isKnown =
        known?.source === source.id &&
        known.sourcePort === source.port &&
        known.target === target.id &&
        known.targetPort === target.port &&
        known.key === (editable ? key : undefined) &&
        known.hasProblem === hasProblem &&
        sameShape(known.shape, shape)
      this.edges.push(
        isKnown
          ? known
          : {
              id,
              key: editable ? key : undefined,
              source: source.id,
              sourcePort: source.port,
              target: target.id,
              targetPort: target.port,
              shape,
              hasProblem,
            },
      )
    })
  }

  /** What is seen to feed an edge: for an unfolded block, the node inside that feeds this output. */
  private resolveSource(id: string, port: string | undefined): End | undefined {
    const node = this.shown.get(id)
    if (!node) return undefined
    const name = port ?? node.outputs[0]?.name ?? 'output'
    if (node.kind !== 'group') return { id, port: name }
    const inside = this.inside(id)
    const edge = inside.edges.find(({ target, targetPort }) => target === blockOutputs && (targetPort ?? name) === name)
    if (!edge || edge.source === blockInputs) return { id, port: name }
    return this.resolveSource(`${id}/${edge.source}`, edge.sourcePort)
  }

  private resolveTargets(id: string, port: string | undefined): readonly End[] {
    const node = this.shown.get(id)
    if (!node) return []
    const name = port ?? node.inputs[0]?.name ?? 'input'
    if (node.kind !== 'group') return [{ id, port: name }]
    const inside = this.inside(id)
    return inside.edges
      .filter(({ source, sourcePort }) => source === blockInputs && (sourcePort ?? name) === name)
      .flatMap((edge) =>
        edge.target === blockOutputs ? [] : this.resolveTargets(`${id}/${edge.target}`, edge.targetPort),
      )
  }
}

const unknownInputs: readonly Port[] = [{ name: 'input' }]
const unknownOutputs: readonly Port[] = [{ name: 'output' }]
const noProblems: readonly Issue[] = []
const noShape: readonly number[] = []
const noAnnotations: readonly Annotation[] = []

function keepList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before?.length === now.length && now.every((item, i) => item === before[i]) ? before : now
}

function sameOutline(before: readonly SceneNode[], now: readonly SceneNode[]): boolean {
  return (
    before === now ||
    (before.length === now.length &&
      now.every((b, i) => {
        const a = before[i]
        if (a === b) return true
        return a !== undefined && a.category === b.category && a.path === b.path && samePlace(a, b)
      }))
  )
}

/** Whether a node stands where it stood, as what it was: its contents do not count. */
export function samePlace(a: SceneNode, b: SceneNode): boolean {
  return (
    a.id === b.id &&
    a.kind === b.kind &&
    a.parent === b.parent &&
    a.x === b.x &&
    a.y === b.y &&
    a.width === b.width &&
    a.height === b.height &&
    a.inputs === b.inputs &&
    a.outputs === b.outputs
  )
}

export function categoryOf(type: NodeType): string {
  return 'layer' in type ? type.layer.category : type.block.category
}

/** Places of the nodes of a graph; those without one are laid out below the others. */
export function placesOf({ nodes, edges }: NetworkGraph): ReadonlyMap<string, Position> {
  const missing = nodes.filter((node) => !node.position)
  const places = new Map(nodes.flatMap((node) => (node.position ? [[node.id, node.position] as const] : [])))
  if (missing.length === 0) return places
  const below = places.size === 0 ? 0 : Math.max(...[...places.values()].map(({ y }) => y)) + rowPitch
  const ids = new Set(missing.map(({ id }) => id))
  const inner = edges.filter(({ source, target }) => ids.has(source) && ids.has(target))
  for (const [id, { x, y }] of layeredPositions([...ids], inner)) places.set(id, { x, y: y + below })
  return places
}

/** Issues by the node in sight that they concern: a folded block stands for what is inside. */
function groupProblems({
  analysis,
  graph,
  prefix,
  unfolded,
  expanded,
}: SceneInput): ReadonlyMap<string, readonly Issue[]> {
  const groups = new Map<string, Issue[]>()
  const isOpen = (id: string) => unfolded.has(prefix + id) && expanded.has(prefix + id)
  const top = new Set(graph.nodes.map(({ id }) => id))
  for (const issue of analysis.issues) {
    const { node } = issue
    if (node === undefined || !node.startsWith(prefix)) continue
    const parts = node.slice(prefix.length).split('/')
    let id = parts[0] ?? ''
    if (!top.has(id)) continue
    for (let i = 1; i < parts.length && isOpen(id); i++) id = `${id}/${parts[i]}`
    const group = groups.get(id)
    if (group) group.push(issue)
    else groups.set(id, [issue])
  }
  return groups
}
