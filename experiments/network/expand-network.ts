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
import type { TensorType } from '../ops/tensor-type.ts'
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

/** @param images size that overrides the input's own */
export function expandNetwork(drawn: NetworkDocument, images?: ImageSize): ExpandedNetwork {
  const { document, issues: unknowns } = applyVariables(drawn)
  if (isFlat(document)) return { document, blocks: [], issues: unknowns }
  const types = NodeTypes.of(document)
  const checked = checkGraph(document, types)
  const issues = [...unknowns, ...types.issues, ...checked.issues]
  const expansion = new Expansion(types, images)
  try {
    expansion.graph(checked, '', undefined, [])
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return { document: { ...document, nodes: [], edges: [] }, blocks: [], issues: [...issues, error.issue] }
  }
  const { blocks: _own, ...rest } = document
  const { nodes, edges, blocks } = expansion
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
  private readonly insides = new Map<string, CheckedGraph>()
  private readonly inferred = new Map<string, readonly TensorType[] | undefined>()
  private visited = 0

  constructor(types: NodeTypes, images: ImageSize | undefined) {
    this.types = types
    this.images = images
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
    const { node, type, params } = checked
    if (!node.repeat && 'layer' in type) return this.layer(type.layer, { ...node, id: path }, params, sources)
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

  private layer(layer: LayerDefinition, node: NetworkNode, params: JsonObject, sources: Sources): Sources {
    this.nodes.push(node)
    const last = layer.inputs.length - 1
    sources.forEach((source, i) => {
      if (!source) return
      const targetPort = layer.inputs.length > 1 ? layer.inputs[Math.min(i, last)]?.name : undefined
      this.edges.push({
        source: source.node,
        ...(source.port !== undefined && { sourcePort: source.port }),
        target: node.id,
        ...(targetPort !== undefined && { targetPort }),
      })
    })
    const types = this.outputTypes(layer, node, params, sources)
    const name = (port: string) => (layer.outputs.length > 1 ? port : undefined)
    return layer.outputs.map((port, i) => ({ node: node.id, port: name(port.name), type: types?.[i] }))
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
    if (!this.inferred.has(key)) this.inferred.set(key, inferOutputs(layer, params, inputs, this.images))
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
    const made = this.insides.get(key) ?? checkGraph(graph(), this.types, { place: `${key}.`, ports })
    this.insides.set(key, made)
    return made
  }

  /** Counts what is about to be made, so that a small document cannot ask for a huge network. */
  private count(path: string, inputs: number): void {
    this.visited += 1
    if (this.visited > maxNodes || this.edges.length + inputs > maxEdges) throw new TooLarge(path)
  }
}

function categoryOf(type: NodeType): string {
  return 'layer' in type ? type.layer.category : type.block.category
}

function typeKey(type: TensorType | undefined): string {
  return type ? type.shape.join('x') : '?'
}
