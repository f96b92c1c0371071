/**
 * What could end an issue of a layer: Flatten before what takes features, a 1x1 projection where a shortcut does not fit, padding that keeps branches
 * equal, the size and classes of the data.
 */
import { NodeTypes } from '../blocks/node-types.ts'
import type { Issue } from '../errors/studio-error.ts'
import type { DatasetShape } from '../network/check-network.ts'
import type { LoweredNetwork } from '../network/lower-network.ts'
import { blockInputs, type NetworkDocument, type NetworkEdge, type NetworkNode } from '../network/network-document.ts'
import { addNode } from './add-node.ts'
import { moveNodes } from './arrange-nodes.ts'
import { edgeKeys } from './edge-keys.ts'
import { together, type Edit } from './edit.ts'
import type { Fix, FixKind } from './fix-issue.ts'
import { graphAt, type EditableGraph, type GraphPlace } from './graph-place.ts'
import { setParams } from './set-params.ts'

export interface LayerFixContext {
  readonly document: NetworkDocument
  /** The graph that the layer is drawn in, and what stands in front of its ids in the whole network. */
  readonly place: GraphPlace
  readonly prefix: string
  readonly lowered: LoweredNetwork
  readonly dataset?: DatasetShape | undefined
}

/** Distance of rows in documents. */
const row = 110
const column = 220

interface Arriving {
  readonly edge: NetworkEdge
  readonly key: string
  /** Without the batch. */
  readonly shape: readonly number[]
}

/** Candidates at the layer or block that an issue names. */
export class LayerFixes {
  private readonly issue: Issue
  private readonly context: LayerFixContext
  private readonly graph: EditableGraph | undefined
  private readonly node: NetworkNode
  private readonly shapes: ReadonlyMap<string, readonly (readonly number[])[]>

  constructor(issue: Issue, node: NetworkNode, context: LayerFixContext) {
    this.issue = issue
    this.node = node
    this.context = context
    this.graph = graphAt(context.document, context.place)
    const { prefix, lowered } = context
    const outputs = new Map(lowered.blocks.map((block) => [block.path, block.output]))
    this.shapes = new Map(
      (this.graph?.nodes ?? []).map((node) => {
        let path = prefix + node.id
        for (let inner = outputs.get(path); inner !== undefined && inner !== path; inner = outputs.get(path))
          path = inner
        const made = lowered.nodes.find((candidate) => candidate.id === path)?.outputs ?? []
        return [node.id, made.map(({ type }) => type.shape.slice(1))]
      }),
    )
  }

  candidates(): readonly Fix[] {
    const { issue, node, graph, context } = this
    if (!graph) return []
    if (issue.code === 'class-mismatch' && issue.field !== undefined && context.dataset) {
      const edit = setParams(context.place, [node.id], { [issue.field]: context.dataset.classes })
      return [this.fix('classes', [edit])]
    }
    if (issue.code !== 'shape-mismatch') return []
    if (node.type === 'input' && context.dataset) {
      return [this.fix('image-size', [setParams(context.place, [node.id], { ...context.dataset.input })])]
    }
    return [...this.flatten(graph, node), ...this.projection(graph, node), ...this.padding(graph, node)]
  }

  /** Before the inputs that are images, where features are taken. */
  private flatten(graph: EditableGraph, node: NetworkNode): readonly Fix[] {
    const arriving = this.arriving(graph, node)
    const images = arriving.filter(({ shape }) => shape.length === 3)
    if (images.length === 0) return []
    const takesImagesToo = images.length === arriving.length && arriving.length > 1
    if (takesImagesToo) return []
    const room = this.room(graph, node, images.length === 1 ? 1 : 0)
    const edits = images.map(({ key }, i) =>
      addNode(
        this.context.place,
        { type: 'flatten', position: this.above(node, room.length > 0 ? 0 : 0.5, i) },
        { onEdge: key },
      ),
    )
    return [this.fix('flatten', [...room, ...edits])]
  }

  /** On every other input than the one that has come the longest way. */
  private projection(graph: EditableGraph, node: NetworkNode): readonly Fix[] {
    const arriving = this.arriving(graph, node).filter(({ shape }) => shape.length === 3)
    if (arriving.length < 2) return []
    const order = new Map(this.context.lowered.nodes.map(({ id }, i) => [id, i]))
    const depth = ({ edge }: Arriving): number =>
      Math.max(-1, ...[...order].filter(([id]) => isIn(id, this.context.prefix + edge.source)).map(([, i]) => i))
    const [main, ...others] = arriving.toSorted((a, b) => depth(b) - depth(a))
    if (!main) return []
    const [channels = 1, height = 1, width = 1] = main.shape
    const edits = others
      .filter(({ shape }) => shape.join() !== main.shape.join())
      .map(({ key, shape: [, rows = 1, columns = 1] }, i) => {
        const stride = [Math.max(1, Math.ceil(rows / height)), Math.max(1, Math.ceil(columns / width))]
        const params = {
          filters: channels,
          kernel: 1,
          ...(stride.some((step) => step > 1) && { stride: stride[0] === stride[1] ? (stride[0] ?? 1) : stride }),
        }
        return addNode(this.context.place, { type: 'conv2d', params, position: this.beside(node, i) }, { onEdge: key })
      })
    return edits.length === 0 ? [] : [this.fix('projection', edits)]
  }

  /** `same` on the windows right before the inputs. */
  private padding(graph: EditableGraph, node: NetworkNode): readonly Fix[] {
    const types = NodeTypes.of(this.context.document)
    const sources = this.arriving(graph, node).flatMap(({ edge }) => {
      const source = graph.nodes.find(({ id }) => id === edge.source)
      const kind = source && types.of(source.type)?.params['padding']
      const written = source?.params?.['padding'] ?? (kind && kind.write(kind.default))
      return source && kind && written !== 'same' ? [source.id] : []
    })
    const own = types.of(node.type)?.params['padding'] ? [node.id] : []
    return [sources, own]
      .filter((ids) => ids.length > 0)
      .map((ids) => this.fix('padding', [setParams(this.context.place, ids, { padding: 'same' })]))
  }

  private arriving(graph: EditableGraph, node: NetworkNode): readonly Arriving[] {
    const keys = edgeKeys(graph.edges)
    return graph.edges.flatMap((edge, i) => {
      const shape = edge.source === blockInputs ? this.entering(graph, edge) : this.shapes.get(edge.source)?.[0]
      const key = keys[i]
      return edge.target === node.id && shape && key !== undefined ? [{ edge, key, shape }] : []
    })
  }

  /** What comes through this port of the block's border, as some layer behind it has got it. */
  private entering(graph: EditableGraph, { sourcePort }: NetworkEdge): readonly number[] | undefined {
    const { prefix, lowered } = this.context
    for (const { source, sourcePort: port, target } of graph.edges) {
      if (source !== blockInputs || port !== sourcePort) continue
      const [value, second] = lowered.nodes.find(({ id }) => id === prefix + target)?.sources ?? []
      if (value && !second) return value.type.shape.slice(1)
    }
    return undefined
  }

  /** Moves the node and all below it down by rows. */
  private room(graph: EditableGraph, node: NetworkNode, rows: number): readonly Edit[] {
    const from = node.position?.y
    if (from === undefined || rows === 0) return []
    const lower = graph.nodes.flatMap(({ id, position }) =>
      position && position.y >= from ? [[id, { x: position.x, y: position.y + rows * row }] as const] : [],
    )
    return [moveNodes(this.context.place, new Map(lower))]
  }

  private above({ position }: NetworkNode, rows: number, index: number) {
    return position ? { x: position.x + index * column, y: position.y - rows * row } : { x: 0, y: 0 }
  }

  private beside({ position }: NetworkNode, index: number) {
    return position ? { x: position.x + (index + 1) * column, y: position.y - row } : { x: 0, y: 0 }
  }

  private fix(kind: FixKind, edits: readonly Edit[]): Fix {
    return { kind, edit: together('fix', edits, this.issue.node) }
  }
}

function isIn(id: string, path: string): boolean {
  return id === path || id.startsWith(`${path}/`)
}
