/**
 * One node of a foreign graph in the hands of the rule for its operator: attributes and inputs with the types that the rule asks for. What
 * does not fit is an error that names what to change; what the rule did not look at is an error too, because it could change the result.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { formatShape, sameShape } from '../../../experiments/ops/tensor-type.ts'
import { AttributeProto_AttributeType as AttributeType, type AttributeProto } from '../../engines/onnx/proto/onnx_pb.ts'
import type { ConstantTensor, FloatTensor, IntegerTensor, ShapeNumber } from '../read/constant-tensor.ts'
import type { ForeignNode } from '../read/foreign-model.ts'
import { readTensor } from '../read/read-tensor.ts'
import type { Activation, ImportValue } from './import-value.ts'
import type { DraftNode, NetworkDraft, NewNode } from './network-draft.ts'
import { isInOrder, shuffledGroups, wholeView, type View } from './view.ts'

/** Thrown by a rule whose input failed before: nothing more is to be said. */
export class InputFailed extends Error {}

export interface CallSurroundings {
  readonly opset: number
  readonly draft: NetworkDraft
  readonly warn: (message: string) => void
  /** Whether anything takes this value. */
  readonly isUsed: (value: string) => boolean
  /** How many inputs and outputs of the graph name this value. */
  readonly uses: (value: string) => number
  /** The value, perhaps reshaped, is an output of the graph and nothing else. */
  readonly leadsOnlyToOutputs: (value: string) => boolean
  readonly followers: (value: string) => readonly ForeignNode[]
  /** Counts numbers that are computed while importing, and ends a graph that asks for too many. */
  readonly spend: (numbers: number) => void
  /** Size of the batch that the graph was written for; undefined when it is free. */
  readonly batch: number | undefined
}

export class NodeCall {
  readonly node: ForeignNode
  readonly around: CallSurroundings
  private readonly values: readonly (ImportValue | undefined)[]
  private readonly readAttributes = new Set<string>()

  /** @param values per input; undefined where an optional one is left out */
  constructor(node: ForeignNode, values: readonly (ImportValue | undefined)[], around: CallSurroundings) {
    this.node = node
    this.values = values
    this.around = around
  }

  get opset(): number {
    return this.around.opset
  }

  get inputCount(): number {
    return this.values.length
  }

  /** Attributes that no rule asked for. */
  get unread(): readonly string[] {
    return [...this.node.attributes.keys()].filter((name) => !this.readAttributes.has(name))
  }

  // Attributes

  has(name: string): boolean {
    return this.attribute(name, undefined) !== undefined
  }

  integer(name: string, fallback: number): number {
    const attribute = this.attribute(name, AttributeType.INT)
    return attribute ? this.safeInteger(attribute.i, name) : fallback
  }

  integers(name: string): readonly number[] | undefined {
    const attribute = this.attribute(name, AttributeType.INTS)
    return attribute?.ints.map((value) => this.safeInteger(value, name))
  }

  float(name: string, fallback: number): number {
    const value = this.attribute(name, AttributeType.FLOAT)?.f ?? fallback
    if (Number.isFinite(value)) return shortestFloat(value)
    throw new StudioError('out-of-range', `its ${name} is ${value}`)
  }

  floatList(name: string): readonly number[] | undefined {
    return this.attribute(name, AttributeType.FLOATS)?.floats
  }

  text(name: string, fallback: string): string {
    const attribute = this.attribute(name, AttributeType.STRING)
    return attribute ? new TextDecoder().decode(attribute.s.subarray(0, 200)) : fallback
  }

  tensor(name: string): ConstantTensor | undefined {
    const attribute = this.attribute(name, AttributeType.TENSOR)
    return attribute?.t && readTensor(attribute.t, `its ${name}`, undefined)
  }

  /** Refuses any value but `expected`: the rule has no other way of doing. */
  expectInteger(name: string, expected: number, advice: string): void {
    const value = this.integer(name, expected)
    if (value !== expected) throw unsupported(`its ${name} is ${value}: ${advice}`)
  }

  private attribute(name: string, type: AttributeType | undefined): AttributeProto | undefined {
    this.readAttributes.add(name)
    const attribute = this.node.attributes.get(name)
    if (!attribute || type === undefined || attribute.type === type) return attribute
    throw new StudioError('wrong-type', `its attribute "${name}" has another type than ONNX gives it`)
  }

  private safeInteger(value: bigint, name: string): number {
    const number = Number(value)
    // Slices to "the end" are written as the largest 64-bit integer.
    if (Number.isSafeInteger(number)) return number
    if (name === 'ends' || name === 'end') return Number.MAX_SAFE_INTEGER
    throw new StudioError('out-of-range', `its ${name} is ${value}`)
  }

  // Inputs

  /** @throws InputFailed when the node that makes it failed */
  value(index: number): ConstantTensor | Activation | undefined {
    const value = this.values[index]
    if (value?.kind === 'failed') throw new InputFailed()
    return value
  }

  required(index: number): ConstantTensor | Activation {
    const value = this.value(index)
    if (value) return value
    throw new StudioError('network-structure', `its input ${index} is missing`)
  }

  activation(index: number): Activation {
    const value = this.required(index)
    if (value.kind === 'activation') return value
    throw unsupported('it computes with constants only; run the graph through a constant folding tool, such as onnxsim')
  }

  constant(index: number): ConstantTensor | undefined {
    const value = this.value(index)
    if (value?.kind !== 'activation') return value
    throw unsupported(
      `its input ${index} ("${(this.node.inputs[index] ?? '').slice(0, 80)}") is computed by the graph, but has to be an initializer or a constant`,
    )
  }

  floats(index: number): FloatTensor | undefined {
    const value = this.constant(index)
    if (value === undefined || value.kind === 'floats') return value
    throw new StudioError('wrong-type', `its input ${index} holds integers, expected floating-point numbers`)
  }

  requiredFloats(index: number): FloatTensor {
    const value = this.floats(index)
    if (value) return value
    throw new StudioError('network-structure', `its input ${index} is missing`)
  }

  integerTensor(index: number): IntegerTensor | undefined {
    const value = this.constant(index)
    if (value === undefined || value.kind === 'integers') return value
    throw new StudioError('wrong-type', `its input ${index} holds floating-point numbers, expected integers`)
  }

  /** A list of sizes or axes: an attribute in older opsets, an input in newer ones. */
  list(attribute: string, index: number): readonly ShapeNumber[] | undefined {
    return this.integerTensor(index)?.values ?? this.integers(attribute)
  }

  /** As `list`, without the size of the batch in it. */
  numbers(attribute: string, index: number): readonly number[] | undefined {
    return this.list(attribute, index)?.map((value) => {
      if (typeof value === 'number') return value
      throw unsupported(`its ${attribute} depends on the size of the batch`)
    })
  }

  /** Nothing else takes this input, so that it may be changed in place. */
  isOnlyUse(index: number): boolean {
    const value = this.value(index)
    const name = this.node.inputs[index] ?? ''
    return value?.kind === 'activation' && value.isOnlyUse && this.around.uses(name) === 1
  }

  /** The input as a layer's output, with a layer for what Reshape and Transpose before it do. */
  layer(index: number): DraftNode {
    return this.asLayer(this.activation(index))
  }

  /** As `layer`, of images [channels, height, width]. */
  images(index: number): DraftNode {
    const node = this.layer(index)
    if (node.shape.length === 3) return node
    throw new StudioError(
      'shape-mismatch',
      `it takes images [batch, channels, height, width], but ${formatShape(['batch', ...node.shape] as unknown as number[])} arrive; only two-dimensional networks are read`,
    )
  }

  asLayer({ node, view }: Activation): DraftNode {
    if (isInOrder(view)) {
      if (sameShape(view.shape, node.shape)) return node
      if (view.shape.length === 1) return this.around.draft.flattened(node)
    }
    const groups = shuffledGroups(view)
    if (groups !== undefined && sameShape(view.shape, node.shape)) {
      return this.add('channel-shuffle', { params: { groups }, inputs: [node] })
    }
    throw unsupported(
      `what arrives was reshaped from ${formatShape(node.shape)} to ${formatShape(view.shape)} per example in a way that no layer does; ` +
        'flattening, adding and removing axes of size 1, and shuffling channels are known',
    )
  }

  // Results

  add(type: string, node: NewNode): DraftNode {
    return this.around.draft.add(type, { ...node, hints: [...(node.hints ?? []), ...this.hints] })
  }

  /** The name of the node, unless it is its operator or a number. */
  get hints(): readonly string[] {
    const { name, operator } = this.node
    const isTelling =
      !/^(n|node|op|layer)?[-_ /]*\d*$/i.test(name) &&
      !new RegExp(`^/?${escape(operator)}([-_ ]*\\d+)?$`, 'i').test(name)
    return isTelling ? [name.replace(new RegExp(`/${escape(operator)}([-_]\\d+)?$`), '')] : []
  }

  result(node: DraftNode, view: View = wholeView(node.shape)): Activation {
    return { kind: 'activation', node, view, isOnlyUse: true }
  }

  /** The same output under another view. */
  viewed(index: number, view: View): Activation {
    return { ...this.activation(index), view, isOnlyUse: this.isOnlyUse(index) }
  }
}

/** The shortest decimal that is the same float32: 1e-5 instead of 0.000009999999747378752. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`)
}

export function unsupported(message: string): StudioError {
  return new StudioError('unsupported-operation', message)
}
