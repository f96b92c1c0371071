/**
 * Size, cost and sight of a network, per layer and in total, for one example. Everything follows from the ops that its layers lower to.
 * Pure and fast: the window runs it on every keystroke.
 */
import type { Issue } from '../errors/studio-error.ts'
import { checkClasses } from '../network/check-network.ts'
import { lowerNetwork, type ImageSize, type LoweredNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import type { OpDefinition } from '../ops/define-op.ts'
import type { ProgramNode } from '../ops/program.ts'
import { opNamed } from '../ops/registry.ts'
import { elementCount, tensorBytes } from '../ops/tensor-type.ts'
import {
  globalField,
  joinFields,
  pixelField,
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

/** The analysis of a network that is lowered already, for inference and a batch of 1. */
export function analyzeLowered(network: LoweredNetwork, classes?: number): NetworkAnalysis {
  const fields = receptiveFields(network)
  const emittedBy = groupBy(network.builder.nodes, (node) => node.origin)
  const weightsOf = groupBy(network.weights, (weight) => weight.node)
  const layers = network.nodes.map((node): LayerAnalysis => {
    const emitted = emittedBy.get(node.id) ?? []
    const output = node.outputs[0]
    const field =
      joinFields((output ? [output] : node.sources).flatMap((value) => fields.get(value.id) ?? [])) ?? pixelField
    const isView = node.inputs.length > 0 && emitted.every((op) => opNamed(op.op).isView)
    return {
      id: node.id,
      type: node.layer.id,
      name: node.title,
      outputShape: output?.type.shape.slice(1) ?? [],
      params: sum((weightsOf.get(node.id) ?? []).map((weight) => elementCount(weight.shape))),
      macs: sum(emitted.map(multiplyAdds)),
      activationBytes: isView ? 0 : sum(node.outputs.map((value) => tensorBytes(value.type))),
      receptiveField: { ...summary(field), height: field.height, width: field.width },
    }
  })
  const lastLocal = [...fields.values()].filter((field) => !field.global).at(-1) ?? pixelField
  return {
    params: sum(layers.map((layer) => layer.params)),
    macs: sum(layers.map((layer) => layer.macs)),
    activationBytes: sum(layers.map((layer) => layer.activationBytes)),
    receptiveField: summary(lastLocal),
    layers,
    blocks: sumBlocks(network.blocks, layers),
    issues: classes === undefined ? network.issues : [...network.issues, ...checkClasses(network, classes)],
  }
}

/** Per value of the program that depends on the image. */
function receptiveFields({ builder, images }: LoweredNetwork): Map<number, ReceptiveField> {
  const fields = new Map<number, ReceptiveField>()
  if (!images) return fields
  const [height = 1, width = 1] = images.type.shape.slice(2)
  fields.set(images.id, pixelField)
  for (const node of builder.nodes) {
    const op = opNamed(node.op)
    const field = joinFields(node.inputs.flatMap((input) => fields.get(input.id) ?? []))
    if (!field) continue
    const reached = reach(op, node, field, height, width)
    for (const output of node.outputs) fields.set(output.id, reached)
  }
  return fields
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

function groupBy<T>(
  items: readonly T[],
  key: (item: T) => string | undefined,
): ReadonlyMap<string | undefined, readonly T[]> {
  const groups = new Map<string | undefined, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
