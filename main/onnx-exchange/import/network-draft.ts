/**
 * The document that an import is building. Every layer is lowered as it is added, exactly as the studio will: so its output shape is known,
 * and weights that do not fit it are refused at the node they belong to.
 */
import { StudioError, type JsonObject } from '../../../experiments/errors/studio-error.ts'
import type { LayerBuilder } from '../../../experiments/layers/layer-builder.ts'
import { readParams } from '../../../experiments/layers/read-params.ts'
import { layerOf } from '../../../experiments/layers/registry.ts'
import { shapesOnly } from '../../../experiments/network/infer-shapes.ts'
import { maxNodes } from '../../../experiments/network/network-document.ts'
import type { Value } from '../../../experiments/ops/program.ts'
import {
  checkTensorType,
  elementCount,
  float32,
  formatShape,
  sameShape,
  type TensorType,
} from '../../../experiments/ops/tensor-type.ts'
import { maxWeightBytes, type FloatTensor } from '../read/constant-tensor.ts'

export interface DraftNode {
  readonly type: string
  /** Changed by what is folded into the node. */
  params: JsonObject
  readonly inputs: readonly DraftNode[]
  /** By the layer's own names of them; changed by what is folded into the node. */
  readonly weights: Map<string, FloatTensor>
  /** Names in the file that say what the node is called, the best first. */
  readonly hints: readonly string[]
  /** Of the output, without the batch. */
  readonly shape: readonly number[]
}

export interface NewNode {
  readonly params?: JsonObject
  readonly inputs?: readonly DraftNode[]
  readonly weights?: Readonly<Record<string, FloatTensor>>
  readonly hints?: readonly string[]
}

export class NetworkDraft {
  readonly nodes: DraftNode[] = []
  private readonly flats = new Map<DraftNode, DraftNode>()
  private weightBytes = 0

  /** @throws StudioError when the layer does not take these inputs, parameters or weights */
  add(type: string, { params = {}, inputs = [], weights = {}, hints = [] }: NewNode): DraftNode {
    if (this.nodes.length >= maxNodes) {
      throw new StudioError('too-large', `the graph has more than ${maxNodes} layers`)
    }
    const declared = declare(type, params, inputs)
    checkWeights(type, declared.weights, weights)
    this.weightBytes += 4 * declared.weights.reduce((sum, { shape }) => sum + elementCount(shape), 0)
    if (this.weightBytes > maxWeightBytes) {
      throw new StudioError('too-large', `all weights together take more than ${maxWeightBytes} bytes`)
    }
    const node: DraftNode = {
      type,
      params,
      inputs,
      weights: new Map(Object.entries(weights)),
      hints,
      shape: declared.shape,
    }
    this.nodes.push(node)
    return node
  }

  /** Its output as a list of features; one layer for all who ask. */
  flattened(node: DraftNode): DraftNode {
    const flat = this.flats.get(node) ?? (node.shape.length === 1 ? node : this.add('flatten', { inputs: [node] }))
    this.flats.set(node, flat)
    return flat
  }
}

interface Declared {
  readonly shape: readonly number[]
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

function declare(type: string, json: JsonObject, inputs: readonly DraftNode[]): Declared {
  const layer = layerOf(type)
  if (!layer) throw new StudioError('unsupported-operation', `this version of the studio has no layer "${type}"`)
  const { params, issues } = readParams(layer, json, layer.version, 'params', type)
  const [issue] = issues
  if (issue) throw new StudioError(issue.code, `${layer.title}: ${issue.message}`)
  const types = inputs.map((input) => float32(1, ...input.shape))
  const [problem] = layer.check(types, params)
  if (problem) throw new StudioError(problem.code, `${layer.title}: ${problem.message}`)
  const weights: { name: string; shape: readonly number[] }[] = []
  const [output] = layer.lower(shapeBuilder(weights), types.map(valueOf), params)
  return { shape: output?.type.shape.slice(1) ?? [], weights }
}

/** Infers types, with the limits that a program has. */
function shapeBuilder(weights: { name: string; shape: readonly number[] }[]): LayerBuilder {
  const checked = (type: TensorType, what: string): Value => {
    checkTensorType(type, what)
    return valueOf(type)
  }
  const weight = (name: string, shape: readonly number[]): Value => {
    weights.push({ name, shape })
    return checked(float32(...shape), name)
  }
  return {
    ...shapesOnly(),
    emit: (op, inputs, attributes) => {
      const types = op.shape(
        inputs.map((input) => input.type),
        attributes,
      )
      return types.map((type) => checked(type, `the output of ${op.name}`))
    },
    images: (channels, height, width) => checked(float32(1, channels, height, width), 'the input'),
    weight,
    state: weight,
  }
}

function valueOf(type: TensorType): Value {
  return { id: 0, type }
}

function checkWeights(type: string, declared: Declared['weights'], given: Readonly<Record<string, FloatTensor>>): void {
  for (const { name, shape } of declared) {
    const tensor = given[name]
    if (!tensor) throw new Error(`an imported ${type} got no ${name}`)
    if (!sameShape(tensor.shape, shape)) {
      throw new StudioError(
        'shape-mismatch',
        `its ${name} "${tensor.name.slice(0, 80)}" has the shape ${formatShape(tensor.shape)}, but ${formatShape(shape)} fits what arrives`,
      )
    }
  }
  const extra = Object.keys(given).find((name) => declared.every((weight) => weight.name !== name))
  if (extra !== undefined) throw new Error(`an imported ${type} got ${extra}, which it does not have`)
}
