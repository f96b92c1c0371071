/**
 * From a document to a tensor program: each layer emits its ops and declares its weights, in topological order. Shapes are inferred on
 * the way. A node that does not fit is reported with what to change, and what depends on it is skipped, so that one pass finds
 * every independent problem.
 */
import { StudioError, type Issue } from '../errors/studio-error.ts'
import type { LayerBuilder, WeightOptions } from '../layers/layer-builder.ts'
import { ProgramBuilder, type Value } from '../ops/program.ts'
import { float32 } from '../ops/tensor-type.ts'
import type { ExpandedBlock } from './expand-network.ts'
import type { NetworkDocument } from './network-document.ts'
import { resolveNetwork, type ResolvedNetwork, type ResolvedNode } from './resolve-network.ts'
import { isTrainingOnly, withoutTrainingOnly } from './training-only.ts'

const secondClassifier = 'the network has a second classifier: remove one, or make it an auxiliary one'

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
}

/** Lowers what can be lowered; look at `issues` before using the rest. */
export function lowerNetwork(document: NetworkDocument, options: LowerOptions): LoweredNetwork {
  const resolved = resolveNetwork(document, options.input)
  const lowering = new NetworkLowering(document.name, options)
  const { mode, auxiliary = mode === 'training' } = options
  for (const node of auxiliary ? resolved.nodes : withoutTrainingOnly(resolved.nodes)) lowering.lower(node)
  return lowering.finish(resolved)
}

class NetworkLowering {
  private readonly builder: ProgramBuilder
  private readonly options: LowerOptions
  private readonly lowered = new Map<string, LoweredNode>()
  private readonly weights: NetworkWeight[] = []
  private readonly states: NetworkState[] = []
  private readonly issues: Issue[] = []
  private images: Value | undefined
  private logits: Value | undefined
  private head: ResolvedNode | undefined
  private readonly auxiliaryHeads: AuxiliaryHead[] = []

  constructor(name: string, options: LowerOptions) {
    this.builder = new ProgramBuilder(name)
    this.options = options
  }

  lower(node: ResolvedNode): void {
    const inputs = this.inputsOf(node)
    if (!inputs) return
    const problems = node.layer.check(
      inputs.map((input) => input.type),
      node.params,
    )
    for (const problem of problems) this.report(node, problem)
    if (problems.length > 0) return
    try {
      const outputs = this.builder.withOrigin(node.id, () =>
        node.layer.lower(this.layerBuilder(node), inputs, node.params),
      )
      this.lowered.set(node.id, { ...node, sources: inputs, outputs })
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      this.report(node, error)
    }
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
    return {
      builder: this.builder,
      nodes: [...this.lowered.values()],
      blocks,
      weights: this.weights,
      states: this.states,
      images: this.images,
      logits: this.logits,
      head: this.head,
      auxiliaryHeads: this.auxiliaryHeads,
      issues,
    }
  }

  /** Undefined when an input is missing; that is reported here, unless the node that feeds it is at fault. */
  private inputsOf(node: ResolvedNode): readonly Value[] | undefined {
    const values = node.inputs.map((ref, port) => {
      if (ref) return this.lowered.get(ref.node)?.outputs[ref.port]
      const name = node.layer.inputs.length > 1 ? `its input "${node.layer.inputs[port]?.name ?? port}"` : 'its input'
      this.report(node, { code: 'network-structure', message: `${name} is not connected: draw an edge to it` })
      return undefined
    })
    return values.every((value) => value !== undefined) ? values : undefined
  }

  private report(node: ResolvedNode, problem: { code: Issue['code']; message: string; field?: string }): void {
    const { code, message, field } = problem
    const path = field === undefined ? `nodes.${node.id}` : `nodes.${node.id}.params.${field}`
    this.issues.push({ code, path, node: node.id, message, ...(field !== undefined && { field }) })
  }

  /** Nodes from which no path leads to an output of the network. */
  private unusedNodes(): readonly string[] {
    const used = new Set<string>()
    for (const node of [...this.lowered.values()].reverse()) {
      if (node.layer.outputs.length === 0 || used.has(node.id)) {
        for (const ref of node.inputs) if (ref) used.add(ref.node)
      }
    }
    const isUnused = (node: LoweredNode) => node.layer.outputs.length > 0 && !used.has(node.id)
    return this.logits ? [...this.lowered.values()].filter(isUnused).map((node) => node.id) : []
  }

  private layerBuilder(node: ResolvedNode): LayerBuilder {
    const { batch, mode, input, frozen } = this.options
    const { builder } = this
    return {
      emit: (op, inputs, attributes) => builder.emit(op, inputs, attributes),
      training: mode === 'training' && frozen?.(node.id) !== true,
      images: (channels, height, width) => {
        if (this.images) throw new StudioError('network-structure', 'the network has a second input: remove one')
        const size = input ?? { channels, height, width }
        this.images = builder.input('images', 'images', float32(batch, size.channels, size.height, size.width))
        return this.images
      },
      weight: (name, shape, options) => {
        const fullName = `${node.id}.${name}`
        const value = builder.input(fullName, 'weight', { dtype: 'float32', shape })
        const { trainable = true, decay = true } = options
        this.weights.push({ ...options, name: fullName, node: node.id, shape, trainable, decay, value })
        return value
      },
      state: (name, shape, initial) => {
        const fullName = `${node.id}.${name}`
        const value = builder.input(fullName, 'state', { dtype: 'float32', shape })
        this.states.push({ name: fullName, node: node.id, shape, initial, value })
        return value
      },
      updateState: (name, next) => builder.output(`${node.id}.${name}`, 'state', next),
      random: (name, shape) => builder.input(`${node.id}.${name}`, 'random', { dtype: 'float32', shape }),
      logits: (value) => {
        if (this.logits) throw new StudioError('network-structure', secondClassifier)
        this.logits = value
        this.head = node
      },
      auxiliaryLogits: (value, weight) => this.auxiliaryHeads.push({ node, logits: value, weight }),
    }
  }
}
