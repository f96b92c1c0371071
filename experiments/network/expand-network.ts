/**
 * Replaces blocks and repeated nodes by what is inside of them, down to layers. A node `conv` inside of a block `stem` becomes
 * `stem/conv`, the third of a repeated node `conv2_x` becomes `conv2_x/3`: ids stay what they are when other parts change, and weights and
 * checkpoints go by them. A pure pass from document to document; size is limited before anything is built.
 */
import type { BlockDefinition } from '../blocks/define-block.ts'
import { NodeTypes, type NodeType } from '../blocks/node-types.ts'
import type { Issue, JsonObject } from '../errors/studio-error.ts'
import type { LayerDefinition } from '../layers/define-layer.ts'
import { layerOf } from '../layers/registry.ts'
import { sameType, type TensorType } from '../ops/tensor-type.ts'
import { applyVariables } from './apply-variables.ts'
import { checkGraph, type CheckedGraph, type CheckedNode } from './check-graph.ts'
import { inferOutputs } from './infer-shapes.ts'
import type { ImageSize } from './lower-network.ts'
import {
  blockInputs,
  blockOutputs,
  maxEdges,
  maxNodes,
  type NetworkDocument,
  type NetworkEdge,
  type NetworkGraph,
  type NetworkNode,
  type NodeRepeat,
} from './network-document.ts'

/** A block of the document, or one inside of it. Layers inside have ids that begin with `path/`. */
export interface ExpandedBlock {
  /** Id of the node; inside of another block, the path to it. */
  readonly path: string
  readonly title: string
  /** Id of the block, or of what is repeated. */
  readonly type: string
  readonly category: string
  /** How often `type` stands here one behind the other; undefined for the block itself. */
  readonly times?: number
  /** Path of the block around it. */
  readonly parent?: string
  /** What it stands for, one level down: its edges start at `blockInputs` and end at `blockOutputs`. */
  readonly inside: NetworkGraph
  /** Id of the layer that feeds its first output; undefined when none does. */
  readonly output?: string
}

export interface ExpandedNetwork {
  /** Layers only. Node ids may contain `/`. */
  readonly document: NetworkDocument
  /** Outer ones before those inside. */
  readonly blocks: readonly ExpandedBlock[]
  /** Problems of blocks and of the graph around them; those of layers are for whoever resolves the result. */
  readonly issues: readonly Issue[]
}

/**
 * What an expansion made, for that of the next state of the document: what did not change comes back as the same objects. Good for one size of
 * images.
 */
export class ExpansionMemory {
  private types: NodeTypes | undefined
  private made: Made = nothingMade()

  /** What there is for these types of nodes; a block that is defined anew makes everything anew. */
  of(types: NodeTypes): Made {
    return this.types === types ? this.made : nothingMade()
  }

  keep(types: NodeTypes, made: Made): void {
    this.types = types
    this.made = made
  }
}

interface Made {
  readonly insides: Map<string, CheckedGraph>
  readonly inferred: Map<string, readonly TensorType[] | undefined>
  /** By path. */
  readonly layers: Map<string, MadeLayer>
  readonly edges: readonly NetworkEdge[]
}

interface MadeLayer {
  readonly from: NetworkNode
  readonly node: NetworkNode
  readonly sources: Sources
  readonly edges: readonly NetworkEdge[]
  readonly outputs: Sources
}

function nothingMade(): Made {
  return { insides: new Map(), inferred: new Map(), layers: new Map(), edges: [] }
}

/**
 * @param images size that overrides the input's own
 * @param memory of an earlier state of the document
 */
export function expandNetwork(drawn: NetworkDocument, images?: ImageSize, memory?: ExpansionMemory): ExpandedNetwork {
  const { document, issues: unknowns } = applyVariables(drawn)
  if (isFlat(document)) return { document, blocks: [], issues: unknowns }
  const types = NodeTypes.of(document)
  const checked = checkGraph(document, types)
  const issues = [...unknowns, ...types.issues, ...checked.issues]
  const expansion = new Expansion(types, images, memory?.of(types) ?? nothingMade())
  try {
    expansion.graph(checked, '', undefined, [])
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return { document: { ...document, nodes: [], edges: [] }, blocks: [], issues: [...issues, error.issue] }
  }
  const { blocks: _own, ...rest } = document
  const { nodes, blocks } = expansion
  const edges = expansion.keptEdges()
  memory?.keep(types, expansion.made(edges))
  return { document: { ...rest, nodes, edges }, blocks, issues }
}

function isFlat({ nodes, blocks }: NetworkDocument): boolean {
  return blocks === undefined && nodes.every((node) => node.repeat === undefined && layerOf(node.type) !== undefined)
}

/** An output of a layer, and its type where it is known. */
interface Source {
  readonly node: string
  /** Undefined for the only output. */
  readonly port: string | undefined
  readonly type: TensorType | undefined
}

type Sources = readonly (Source | undefined)[]

class TooLarge extends Error {
  readonly issue: Issue

  constructor(node: string) {
    const message =
      `its blocks expand to more than ${maxNodes} layers and blocks, or ${maxEdges} edges between them: ` +
      'repeat less, or take blocks out'
    super(message)
    const top = node.split('/')[0] ?? node
    this.issue = { code: 'too-large', path: `nodes.${top}`, node: top, message }
  }
}

class Expansion {
  readonly nodes: NetworkNode[] = []
  readonly edges: NetworkEdge[] = []
  readonly blocks: ExpandedBlock[] = []
  private readonly types: NodeTypes
  private readonly images: ImageSize | undefined
  private readonly before: Made
  private readonly insides = new Map<string, CheckedGraph>()
  private readonly inferred = new Map<string, readonly TensorType[] | undefined>()
  private readonly layers = new Map<string, MadeLayer>()
  private visited = 0

  constructor(types: NodeTypes, images: ImageSize | undefined, before: Made) {
    this.types = types
    this.images = images
    this.before = before
  }

  /** The same list as before when nothing in it changed. */
  keptEdges(): readonly NetworkEdge[] {
    const { edges } = this.before
    return edges.length === this.edges.length && edges.every((edge, i) => edge === this.edges[i]) ? edges : this.edges
  }

  made(edges: readonly NetworkEdge[]): Made {
    const { insides, inferred, layers } = this
    return { insides, inferred, layers, edges }
  }

  /**
   * Expands the nodes of a graph; their ids get `prefix`.
   * @param entrance what feeds the block whose inside it is
   * @returns what feeds the outputs of that block
   */
  graph({ nodes, wired }: CheckedGraph, prefix: string, parent: string | undefined, entrance: Sources): Sources {
    const outputs = new Map<string, Sources>([[blockInputs, entrance]])
    let exit: Sources = []
    for (const { id, inputs } of wired) {
      const sources = inputs.map((ref) => ref && outputs.get(ref.node)?.[ref.port])
      const node = nodes.get(id)
      if (node) outputs.set(id, this.node(node, prefix + id, parent, sources))
      else if (id === blockOutputs) exit = sources
    }
    return exit
  }

  private node(checked: CheckedNode, path: string, parent: string | undefined, sources: Sources): Sources {
    this.count(path, sources.length)
    const { node, type } = checked
    if (!node.repeat && 'layer' in type) return this.layer(type.layer, path, checked, sources)
    const inside = node.repeat ? this.chain(node, node.repeat) : this.block(checked, sources)
    const place = this.blocks.length
    const block = {
      path,
      title: node.name ?? path,
      type: type.id,
      category: categoryOf(type),
      ...(node.repeat && { times: node.repeat.times }),
      ...(parent !== undefined && { parent }),
      inside: inside.graph,
    }
    this.blocks.push(block)
    const exit = this.graph(inside, `${path}/`, path, sources)
    const output = exit[0]?.node
    if (output !== undefined) this.blocks[place] = { ...block, output }
    return exit
  }

  private layer(layer: LayerDefinition, path: string, { node, params }: CheckedNode, sources: Sources): Sources {
    const before = this.before.layers.get(path)
    const made =
      before?.from === node && sameSources(before.sources, sources)
        ? before
        : this.makeLayer(layer, path, node, params, sources)
    this.layers.set(path, made)
    this.nodes.push(made.node)
    for (const edge of made.edges) this.edges.push(edge)
    return made.outputs
  }

  private makeLayer(
    layer: LayerDefinition,
    path: string,
    from: NetworkNode,
    params: JsonObject,
    sources: Sources,
  ): MadeLayer {
    const node = from.id === path ? from : { ...from, id: path }
    const last = layer.inputs.length - 1
    const edges = sources.flatMap((source, i): readonly NetworkEdge[] => {
      if (!source) return []
      const targetPort = layer.inputs.length > 1 ? layer.inputs[Math.min(i, last)]?.name : undefined
      return [
        {
          source: source.node,
          ...(source.port !== undefined && { sourcePort: source.port }),
          target: node.id,
          ...(targetPort !== undefined && { targetPort }),
        },
      ]
    })
    const types = this.outputTypes(layer, node, params, sources)
    const name = (port: string) => (layer.outputs.length > 1 ? port : undefined)
    const outputs = layer.outputs.map((port, i) => ({ node: node.id, port: name(port.name), type: types?.[i] }))
    return { from, node, sources, edges, outputs }
  }

  private outputTypes(
    layer: LayerDefinition,
    node: NetworkNode,
    params: JsonObject,
    sources: Sources,
  ): readonly TensorType[] | undefined {
    const inputs = sources.flatMap((source) => source?.type ?? [])
    if (inputs.length < sources.length) return undefined
    const key = `${layer.id} ${JSON.stringify(node.params)} ${inputs.map(typeKey).join(' ')}`
    if (!this.inferred.has(key)) {
      const { inferred } = this.before
      this.inferred.set(key, inferred.has(key) ? inferred.get(key) : inferOutputs(layer, params, inputs, this.images))
    }
    return this.inferred.get(key)
  }

  private block({ node, type, params }: CheckedNode, sources: Sources): CheckedGraph {
    if (!('block' in type)) throw new Error(`${type.id} is not a block`)
    const { block } = type
    const inputs = block.usesShapes ? sources.map((source) => source?.type) : []
    const inside = () => block.expand(params, inputs)
    const key = `${block.id} ${JSON.stringify(node.params)} ${inputs.map(typeKey).join(' ')}`
    return this.inside(key, inside, block)
  }

  /** A chain of equal nodes, named by number. */
  private chain({ type, version, params }: NetworkNode, { times, firstStride }: NodeRepeat): CheckedGraph {
    const node = { type, ...(version !== undefined && { version }), ...(params && { params }) }
    const graph = (): NetworkGraph => {
      const nodes = Array.from({ length: times }, (_unused, i): NetworkNode => {
        const first = i === 0 && firstStride !== undefined
        return { id: `${i + 1}`, ...node, ...(first && { params: { ...node.params, stride: firstStride } }) }
      })
      const ids = [blockInputs, ...nodes.map(({ id }) => id), blockOutputs]
      return { nodes, edges: ids.slice(1).map((target, i) => ({ source: ids[i] ?? '', target })) }
    }
    const ports = { inputs: [{ name: 'input' }], outputs: [{ name: 'output' }] }
    return this.inside(`${times} ${firstStride} ${JSON.stringify(node)}`, graph, ports)
  }

  /** Equal blocks have equal insides: made and checked once. */
  private inside(
    key: string,
    graph: () => NetworkGraph,
    ports: Pick<BlockDefinition, 'inputs' | 'outputs'>,
  ): CheckedGraph {
    const known = this.insides.get(key) ?? this.before.insides.get(key)
    const made = known ?? checkGraph(graph(), this.types, { place: `${key}.`, ports })
    this.insides.set(key, made)
    return made
  }

  /** Counts what is about to be made, so that a small document cannot ask for a huge network. */
  private count(path: string, inputs: number): void {
    this.visited += 1
    if (this.visited > maxNodes || this.edges.length + inputs > maxEdges) throw new TooLarge(path)
  }
}

function sameSources(before: Sources, now: Sources): boolean {
  return (
    before.length === now.length &&
    before.every((a, i) => {
      const b = now[i]
      if (a === b) return true
      if (a?.node !== b?.node || a?.port !== b?.port) return false
      return a?.type === b?.type || (a?.type !== undefined && b?.type !== undefined && sameType(a.type, b.type))
    })
  )
}

function categoryOf(type: NodeType): string {
  return 'layer' in type ? type.layer.category : type.block.category
}

function typeKey(type: TensorType | undefined): string {
  return type ? type.shape.join('x') : '?'
}
