/**
 * One node of a network as ops: what it emits, the weights and states it declares, and what it says it is. A part of the program that is the same
 * whatever stands around it, so that it can be kept while other nodes change.
 */
import { StudioError } from '../errors/studio-error.ts'
import type { LayerProblem } from '../layers/define-layer.ts'
import type { LayerBuilder } from '../layers/layer-builder.ts'
import { ProgramBuilder, type TensorProgram, type Value, type ValueNumbering } from '../ops/program.ts'
import { float32, sameType } from '../ops/tensor-type.ts'
import type { AuxiliaryHead, LoweredNode, LowerOptions, NetworkState, NetworkWeight } from './lower-network.ts'
import type { ResolvedNode } from './resolve-network.ts'

export interface LoweredPart {
  /** What it was made from. */
  readonly resolved: ResolvedNode
  readonly node: LoweredNode
  readonly program: Omit<TensorProgram, 'name'>
  readonly states: readonly NetworkState[]
  /** The batch of images, when the node declares it. */
  readonly images: Value | undefined
  /** The class scores, when the node is the end. */
  readonly logits: Value | undefined
  readonly auxiliaryHeads: readonly AuxiliaryHead[]
}

export type NodeOutcome =
  { readonly ok: true; readonly part: LoweredPart } | { readonly ok: false; readonly problems: readonly LayerProblem[] }

/** Whether lowering again would make the same. */
export function isLoweredFrom(part: LoweredPart, resolved: ResolvedNode, sources: readonly Value[]): boolean {
  return part.resolved === resolved && sources.every((source, i) => source === part.node.sources[i])
}

/** @param sources the values that arrive at its input ports */
export function lowerNode(
  resolved: ResolvedNode,
  sources: readonly Value[],
  options: LowerOptions,
  numbering: ValueNumbering,
): NodeOutcome {
  const { id, layer, params } = resolved
  const problems = layer.check(
    sources.map((source) => source.type),
    params,
  )
  if (problems.length > 0) return { ok: false, problems }
  const drawn = new NodeProgram(resolved, options, numbering)
  try {
    const outputs = drawn.builder.withOrigin(id, () => layer.lower(drawn, sources, params))
    return { ok: true, part: drawn.finish(sources, outputs) }
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const { code, message } = error
    return { ok: false, problems: [{ code, message }] }
  }
}

/** The same part with the output values of the one before it, where their types are the same: whoever takes them in need not be lowered again. */
export function keepOutputs(part: LoweredPart, before: LoweredPart): LoweredPart {
  const [made, known] = [ownOutputs(part.node), ownOutputs(before.node)]
  const sameTypes =
    made.length === known.length && made.every(({ type }, i) => known[i] && sameType(type, known[i].type))
  if (!sameTypes || made.length < part.node.outputs.length) return part
  const names = new Map(made.map((value, i) => [value, known[i] ?? value]))
  const renamed = (value: Value): Value => names.get(value) ?? value
  const { inputs, nodes, outputs } = part.program
  const ops = nodes.map((op) => ({ ...op, inputs: op.inputs.map(renamed), outputs: op.outputs.map(renamed) }))
  return {
    ...part,
    node: { ...part.node, outputs: part.node.outputs.map(renamed), ops },
    program: {
      inputs: inputs.map((input) => ({ ...input, value: renamed(input.value) })),
      nodes: ops,
      outputs: outputs.map((output) => ({ ...output, value: renamed(output.value) })),
    },
    images: part.images && renamed(part.images),
  }
}

/** Those that the node made itself: some layers hand on what arrives. */
function ownOutputs({ sources, outputs }: LoweredNode): readonly Value[] {
  return [...new Set(outputs)].filter((value) => !sources.includes(value))
}

class NodeProgram implements LayerBuilder {
  readonly builder: ProgramBuilder
  readonly training: boolean
  private readonly resolved: ResolvedNode
  private readonly options: LowerOptions
  private readonly weights: NetworkWeight[] = []
  private readonly states: NetworkState[] = []
  private readonly auxiliaryHeads: AuxiliaryHead[] = []
  private declaredImages: Value | undefined
  private scores: Value | undefined

  constructor(resolved: ResolvedNode, options: LowerOptions, numbering: ValueNumbering) {
    this.resolved = resolved
    this.options = options
    this.builder = new ProgramBuilder(resolved.id, numbering)
    this.training = options.mode === 'training' && options.frozen?.(resolved.id) !== true
  }

  finish(sources: readonly Value[], outputs: readonly Value[]): LoweredPart {
    const program = this.builder.finish()
    return {
      resolved: this.resolved,
      node: { ...this.resolved, sources, outputs, ops: program.nodes, weights: this.weights },
      program,
      states: this.states,
      images: this.declaredImages,
      logits: this.scores,
      auxiliaryHeads: this.auxiliaryHeads,
    }
  }

  readonly emit: LayerBuilder['emit'] = (op, inputs, attributes) => this.builder.emit(op, inputs, attributes)

  images(channels: number, height: number, width: number): Value {
    const size = this.options.input ?? { channels, height, width }
    const type = float32(this.options.batch, size.channels, size.height, size.width)
    this.declaredImages = this.builder.input('images', 'images', type)
    return this.declaredImages
  }

  weight(...[name, shape, options]: Parameters<LayerBuilder['weight']>): Value {
    const { id } = this.resolved
    const fullName = `${id}.${name}`
    const value = this.builder.input(fullName, 'weight', { dtype: 'float32', shape })
    const { trainable = true, decay = true } = options
    this.weights.push({ ...options, name: fullName, node: id, shape, trainable, decay, value })
    return value
  }

  state(name: string, shape: readonly number[], initial: number): Value {
    const { id } = this.resolved
    const fullName = `${id}.${name}`
    const value = this.builder.input(fullName, 'state', { dtype: 'float32', shape })
    this.states.push({ name: fullName, node: id, shape, initial, value })
    return value
  }

  updateState(name: string, next: Value): void {
    this.builder.output(`${this.resolved.id}.${name}`, 'state', next)
  }

  random(name: string, shape: readonly number[]): Value {
    return this.builder.input(`${this.resolved.id}.${name}`, 'random', { dtype: 'float32', shape })
  }

  logits(value: Value): void {
    this.scores = value
  }

  auxiliaryLogits(value: Value, weight: number): void {
    this.auxiliaryHeads.push({ node: this.resolved, logits: value, weight })
  }
}
