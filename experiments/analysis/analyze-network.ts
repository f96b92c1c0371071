/**
 * Size, cost and sight of a network, per layer and in total, for one example. Everything follows from the ops that its layers lower to.
 * Pure and fast: the window runs it on every keystroke.
 */
import type { Issue } from '../errors/studio-error.ts'
import { checkClasses } from '../network/check-network.ts'
import { lowerNetwork, type ImageSize, type LoweredNetwork, type LoweredNode } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import type { OpDefinition } from '../ops/define-op.ts'
import type { ProgramNode } from '../ops/program.ts'
import { opNamed } from '../ops/registry.ts'
import { elementCount, tensorBytes } from '../ops/tensor-type.ts'
import {
  globalField,
  joinFields,
  pixelField,
  sameField,
  throughWindow,
  type AxisField,
  type ReceptiveField,
} from './receptive-field.ts'
import { sumBlocks, type BlockAnalysis } from './sum-blocks.ts'

export interface AnalyzeOptions {
  /** Overrides the size of the input node. */
  readonly input?: ImageSize
  /** When given, another number of outputs is an issue. */
  readonly classes?: number
}

/** `size` and `stride` are the larger of height and width, in pixels. */
export interface FieldSummary {
  readonly size: number
  readonly stride: number
}

export interface LayerField extends FieldSummary {
  readonly height: AxisField
  readonly width: AxisField
}

export interface LayerAnalysis {
  /** Of a layer inside of blocks: the path, `conv2_x/1/conv1`. */
  readonly id: string
  readonly type: string
  readonly name: string
  /** Without the batch: [channels, height, width] or [features]. Of the first output; empty for a layer without one. */
  readonly outputShape: readonly number[]
  readonly params: number
  /** Multiply-adds of one example. */
  readonly macs: number
  /** Bytes of the output for one example; 0 where it is a view of the input. */
  readonly activationBytes: number
  readonly receptiveField: LayerField
}

export interface NetworkAnalysis {
  readonly params: number
  readonly macs: number
  readonly activationBytes: number
  /** Of the last layer that does not see the whole image anyway. */
  readonly receptiveField: FieldSummary
  /** In the order of data flow; layers that do not fit are missing and named in `issues`. */
  readonly layers: readonly LayerAnalysis[]
  /** Outer ones before those inside. */
  readonly blocks: readonly BlockAnalysis[]
  readonly issues: readonly Issue[]
}

export function analyzeNetwork(document: NetworkDocument, options: AnalyzeOptions = {}): NetworkAnalysis {
  const { input, classes } = options
  return analyzeLowered(lowerNetwork(document, { mode: 'inference', batch: 1, ...(input && { input }) }), classes)
}

/** The analysis of a network that is lowered already, for inference and a batch of 1. Layers that are the same objects as before are not analysed again. */
export function analyzeLowered(network: LoweredNetwork, classes?: number): NetworkAnalysis {
  const fields = new Map<number, ReceptiveField>()
  const [height = 1, width = 1] = network.images?.type.shape.slice(2) ?? []
  if (network.images) fields.set(network.images.id, pixelField)
  let lastLocal = pixelField
  const layers = network.nodes.map((node) => {
    const seen = analyzeNode(node, fields, { height, width })
    for (const [id, field] of seen.fields) fields.set(id, field)
    lastLocal = seen.lastLocal ?? lastLocal
    return seen.layer
  })
  const { issues } = network
  return {
    params: sum(layers.map((layer) => layer.params)),
    macs: sum(layers.map((layer) => layer.macs)),
    activationBytes: sum(layers.map((layer) => layer.activationBytes)),
    receptiveField: summary(lastLocal),
    layers,
    blocks: sumBlocks(network.blocks, layers),
    issues: classes === undefined ? issues : [...issues, ...checkClasses(network, classes)],
  }
}

/** A layer, and what its values see of the image. */
interface AnalysedNode {
  readonly layer: LayerAnalysis
  /** Per value that it makes and that depends on the image. */
  readonly fields: readonly (readonly [number, ReceptiveField])[]
  /** The last of them that is not the whole image. */
  readonly lastLocal: ReceptiveField | undefined
}

interface KnownNode extends AnalysedNode {
  readonly sourceFields: readonly (ReceptiveField | undefined)[]
  readonly whole: Sides
}

interface Sides {
  readonly height: number
  readonly width: number
}

const known = new WeakMap<LoweredNode, KnownNode>()

function analyzeNode(node: LoweredNode, before: ReadonlyMap<number, ReceptiveField>, whole: Sides): AnalysedNode {
  const sourceFields = node.sources.map(({ id }) => before.get(id))
  const last = known.get(node)
  if (last && sameSides(last.whole, whole) && sameFields(last.sourceFields, sourceFields)) return last
  const fields = fieldsIn(node, before, whole)
  const layer = analyzeLayer(node, (id) => fields.get(id) ?? before.get(id))
  const lastLocal = [...fields.values()].filter((field) => !field.global).at(-1)
  const made = { layer, fields: [...fields], lastLocal, sourceFields, whole }
  known.set(node, made)
  return made
}

function analyzeLayer(node: LoweredNode, fieldOf: (value: number) => ReceptiveField | undefined): LayerAnalysis {
  const { ops, weights, outputs } = node
  const output = outputs[0]
  const field = joinFields((output ? [output] : node.sources).flatMap(({ id }) => fieldOf(id) ?? [])) ?? pixelField
  const isView = node.inputs.length > 0 && ops.every((op) => opNamed(op.op).isView)
  return {
    id: node.id,
    type: node.layer.id,
    name: node.title,
    outputShape: output?.type.shape.slice(1) ?? [],
    params: sum(weights.map((weight) => elementCount(weight.shape))),
    macs: sum(ops.map(multiplyAdds)),
    activationBytes: isView ? 0 : sum(outputs.map((value) => tensorBytes(value.type))),
    receptiveField: { ...summary(field), height: field.height, width: field.width },
  }
}

/** Per value that the node makes and that depends on the image. */
function fieldsIn(
  { ops }: LoweredNode,
  before: ReadonlyMap<number, ReceptiveField>,
  { height, width }: Sides,
): ReadonlyMap<number, ReceptiveField> {
  const fields = new Map<number, ReceptiveField>()
  for (const op of ops) {
    const field = joinFields(op.inputs.flatMap(({ id }) => fields.get(id) ?? before.get(id) ?? []))
    if (!field) continue
    const reached = reach(opNamed(op.op), op, field, height, width)
    for (const output of op.outputs) fields.set(output.id, reached)
  }
  return fields
}

function sameFields(
  before: readonly (ReceptiveField | undefined)[],
  now: readonly (ReceptiveField | undefined)[],
): boolean {
  return before.every((a, i) => {
    const b = now[i]
    return a === b || (a !== undefined && b !== undefined && sameField(a, b))
  })
}

function sameSides(a: Sides, b: Sides): boolean {
  return a.height === b.height && a.width === b.width
}

function reach(
  op: OpDefinition,
  node: ProgramNode,
  field: ReceptiveField,
  height: number,
  width: number,
): ReceptiveField {
  if (op.reach === undefined || op.reach === 'point') return field
  if (op.reach === 'all') return globalField(height, width)
  const inputs = node.inputs.map((input) => input.type)
  return throughWindow(field, op.reach(node.attributes, inputs))
}

function multiplyAdds(node: ProgramNode): number {
  const inputs = node.inputs.map((input) => input.type)
  const outputs = node.outputs.map((output) => output.type)
  return opNamed(node.op).cost(inputs, outputs, node.attributes).multiplyAdds
}

function summary({ height, width }: ReceptiveField): FieldSummary {
  return { size: Math.max(height.size, width.size), stride: Math.max(height.stride, width.stride) }
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
