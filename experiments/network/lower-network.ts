/**
 * From a document to a tensor program: each layer emits its ops and declares its weights, in topological order. Shapes are inferred on
 * the way. A node that does not fit is reported with what to change, and what depends on it is skipped, so that one pass finds
 * every independent problem.
 */
import type { Issue } from '../errors/studio-error.ts'
import type { LayerProblem } from '../layers/define-layer.ts'
import type { WeightOptions } from '../layers/layer-builder.ts'
import { ProgramBuilder, type ProgramNode, type Value, type ValueNumbering } from '../ops/program.ts'
import { ExpansionMemory, type ExpandedBlock } from './expand-network.ts'
import { isLoweredFrom, keepOutputs, lowerNode, type LoweredPart } from './lower-node.ts'
import type { NetworkDocument } from './network-document.ts'
import { resolveNetwork, type ResolvedNetwork, type ResolvedNode } from './resolve-network.ts'
import { isTrainingOnly, withoutTrainingOnly } from './training-only.ts'

export interface ImageSize {
  readonly height: number
  readonly width: number
  readonly channels: number
}

export interface LowerOptions {
  readonly mode: 'training' | 'inference'
  /** Examples in a batch. */
  readonly batch: number
  /** Overrides the size that the input node states. */
  readonly input?: ImageSize
  /** Keeps auxiliary classifiers and what leads to them only. Default: while training. */
  readonly auxiliary?: boolean
  /** Layers that work as at inference also while the others train. */
  readonly frozen?: (node: string) => boolean
}

/** A weight of a layer. Its name, `node.weight`, is stable: checkpoints and initial values go by it. */
export interface NetworkWeight extends WeightOptions {
  readonly name: string
  readonly node: string
  readonly shape: readonly number[]
  readonly trainable: boolean
  readonly decay: boolean
  readonly value: Value
}

/** What a layer keeps between steps besides its weights. */
export interface NetworkState {
  readonly name: string
  readonly node: string
  readonly shape: readonly number[]
  readonly initial: number
  readonly value: Value
}

export interface LoweredNetwork {
  /** Holds the forward program; more can be emitted into it. */
  readonly builder: ProgramBuilder
  /** Nodes that could be lowered, in order, with the values at their output ports. */
  readonly nodes: readonly LoweredNode[]
  readonly blocks: readonly ExpandedBlock[]
  readonly weights: readonly NetworkWeight[]
  readonly states: readonly NetworkState[]
  /** [N, channels, height, width] */
  readonly images: Value | undefined
  /** [N, classes] */
  readonly logits: Value | undefined
  /** The node whose input the logits are. */
  readonly head: ResolvedNode | undefined
  /** Further classifiers, whose losses count too while training. */
  readonly auxiliaryHeads: readonly AuxiliaryHead[]
  readonly issues: readonly Issue[]
}

export interface AuxiliaryHead {
  readonly node: ResolvedNode
  /** [N, classes] */
  readonly logits: Value
  /** Factor of its loss. */
  readonly weight: number
}

export interface LoweredNode extends ResolvedNode {
  /** The values that arrive at its input ports. */
  readonly sources: readonly Value[]
  readonly outputs: readonly Value[]
  /** What it emitted, in order. */
  readonly ops: readonly ProgramNode[]
  readonly weights: readonly NetworkWeight[]
}

/** Lowers what can be lowered; look at `issues` before using the rest. */
export function lowerNetwork(document: NetworkDocument, options: LowerOptions): LoweredNetwork {
  return new NetworkLowerer(options).lower(document)
}

/**
 * Lowers one state of a document after the other. A node whose parameters, wires and incoming shapes are those of the last state keeps what it was
 * lowered to, as the same objects; one that is lowered again but makes the same shapes keeps its output values, so that what follows stays as well.
 */
export class NetworkLowerer {
  private readonly options: LowerOptions
  private readonly numbering: ValueNumbering = { next: 0 }
  private readonly memory = new ExpansionMemory()
  private parts: ReadonlyMap<string, LoweredPart> = new Map()

  constructor(options: LowerOptions) {
    this.options = options
  }

  lower(document: NetworkDocument): LoweredNetwork {
    const resolved = resolveNetwork(document, this.options.input, this.memory)
    const builder = new ProgramBuilder(document.name, this.numbering)
    const pass = new Pass(builder, this.options, this.numbering, this.parts)
    const { mode, auxiliary = mode === 'training' } = this.options
    for (const node of auxiliary ? resolved.nodes : withoutTrainingOnly(resolved.nodes)) pass.lower(node)
    this.parts = pass.parts
    return pass.finish(resolved)
  }
}

/** One state of the document. */
class Pass {
  readonly parts = new Map<string, LoweredPart>()
  private readonly builder: ProgramBuilder
  private readonly options: LowerOptions
  private readonly numbering: ValueNumbering
  private readonly before: ReadonlyMap<string, LoweredPart>
  private readonly issues: Issue[] = []
  private images: Value | undefined
  private logits: Value | undefined
  private head: ResolvedNode | undefined

  constructor(
    builder: ProgramBuilder,
    options: LowerOptions,
    numbering: ValueNumbering,
    before: ReadonlyMap<string, LoweredPart>,
  ) {
    this.builder = builder
    this.options = options
    this.numbering = numbering
    this.before = before
  }

  lower(resolved: ResolvedNode): void {
    const sources = this.sourcesOf(resolved)
    if (!sources) return
    const before = this.before.get(resolved.id)
    const part = before && isLoweredFrom(before, resolved, sources) ? before : this.make(resolved, sources, before)
    if (part && this.isOnly(part)) this.take(part)
  }

  finish({ nodes, blocks, issues: before }: ResolvedNetwork): LoweredNetwork {
    const issues = [...before, ...this.issues]
    const complain = (message: string) => issues.push({ code: 'network-structure', path: '', message })
    const has = (category: string) => nodes.some((node) => node.layer.category === category)
    if (!has('input')) complain('the network has no input: add an Input')
    if (!has('output')) complain('the network has no end: add a Classifier behind its last layer')
    else if (nodes.every((node) => node.layer.category !== 'output' || isTrainingOnly(node))) {
      complain('all classifiers of the network are auxiliary: make the last one the main classifier')
    }
    for (const id of this.unusedNodes()) {
      const message = 'leads nowhere: connect its output, or remove it'
      issues.push({ code: 'network-structure', path: `nodes.${id}`, node: id, message, severity: 'warning' })
    }
    const parts = [...this.parts.values()]
    return {
      builder: this.builder,
      nodes: parts.map(({ node }) => node),
      blocks,
      weights: parts.flatMap(({ node }) => node.weights),
      states: parts.flatMap(({ states }) => states),
      images: this.images,
      logits: this.logits,
      head: this.head,
      auxiliaryHeads: parts.flatMap(({ auxiliaryHeads }) => auxiliaryHeads),
      issues,
    }
  }

  private make(
    resolved: ResolvedNode,
    sources: readonly Value[],
    before: LoweredPart | undefined,
  ): LoweredPart | undefined {
    const outcome = lowerNode(resolved, sources, this.options, this.numbering)
    if (!outcome.ok) {
      for (const problem of outcome.problems) this.report(resolved, problem)
      return undefined
    }
    return before ? keepOutputs(outcome.part, before) : outcome.part
  }

  /** Reports a second input or a second classifier. */
  private isOnly({ node, images, logits }: LoweredPart): boolean {
    const message =
      images && this.images
        ? 'the network has a second input: remove one'
        : logits && this.logits
          ? 'the network has a second classifier: remove one, or make it an auxiliary one'
          : undefined
    if (message !== undefined) this.report(node, { code: 'network-structure', message })
    return message === undefined
  }

  private take(part: LoweredPart): void {
    const { resolved, program, images, logits } = part
    this.parts.set(resolved.id, part)
    this.builder.append(program)
    if (images) this.images = images
    if (logits) [this.logits, this.head] = [logits, resolved]
  }

  /** Undefined when an input is missing; that is reported here, unless the node that feeds it is at fault. */
  private sourcesOf(node: ResolvedNode): readonly Value[] | undefined {
    const values = node.inputs.map((ref, port) => {
      if (ref) return this.parts.get(ref.node)?.node.outputs[ref.port]
      const name = node.layer.inputs.length > 1 ? `its input "${node.layer.inputs[port]?.name ?? port}"` : 'its input'
      this.report(node, { code: 'network-structure', message: `${name} is not connected: draw an edge to it` })
      return undefined
    })
    return values.every((value) => value !== undefined) ? values : undefined
  }

  private report(node: ResolvedNode, { code, message, field }: LayerProblem): void {
    const path = field === undefined ? `nodes.${node.id}` : `nodes.${node.id}.params.${field}`
    this.issues.push({ code, path, node: node.id, message, ...(field !== undefined && { field }) })
  }

  /** Nodes from which no path leads to an output of the network. */
  private unusedNodes(): readonly string[] {
    if (!this.logits) return []
    const used = new Set<string>()
    const unused: string[] = []
    for (const { node } of [...this.parts.values()].reverse()) {
      const isUsed = node.layer.outputs.length === 0 || used.has(node.id)
      if (!isUsed) unused.push(node.id)
      else for (const ref of node.inputs) if (ref) used.add(ref.node)
    }
    return unused.reverse()
  }
}
