/**
 * Reads the bytes of an ONNX file that nobody vouches for. Everything that could make a later step hang, fail or allocate without bound is
 * refused here, with its place: sizes on the wire, names used twice, values that nobody makes, cycles, tensors that do not fit their shape.
 */
import { fromBinary } from '@bufbuild/protobuf'
import { StudioError, issuesError, type Issue } from '../../../experiments/errors/studio-error.ts'
import { topologicalOrder } from '../../../experiments/network/topological-order.ts'
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from '../../engines/onnx/proto/onnx_pb.ts'
import { checkWire, modelLimits } from './check-wire.ts'
import type { ConstantTensor } from './constant-tensor.ts'
import type { ExternalData } from './external-data.ts'
import { nodePlace, type ForeignModel, type ForeignNode, type ForeignValue } from './foreign-model.ts'
import { readTensor } from './read-tensor.ts'

export const opsets = { min: 7, max: 21 } as const
/** Protobuf's own limit. */
export const maxModelBytes = 2 ** 31 - 1
const maxNodes = 100_000
const maxNameLength = 1000
/** Problems that are named. */
const maxIssues = 1000

/** In a TensorProto, `float_data` (4) read as `raw_data` (9). */
const rawFloats = { message: TensorProtoSchema, floatsField: 4, rawField: 9 }

/**
 * @param bytes of the file; they become the reader's own
 * @param what names the file
 * @param external reads data beside the model; undefined for a model without a folder
 * @throws StudioError with all problems of the graph in `details.issues`
 */
export function readModel(bytes: Uint8Array, what: string, external?: ExternalData): ForeignModel {
  if (bytes.length === 0) throw new StudioError('file-damaged', `${what} is empty`)
  if (bytes.length > maxModelBytes)
    throw new StudioError('too-large', `${what} has ${bytes.length} bytes; a model has less than 2 GiB`)
  const model = decode(bytes, what)
  const { graph } = model
  if (!graph || model.opsetImport.length === 0) {
    throw new StudioError('file-damaged', `${what} is no ONNX model: it has no ${graph ? 'operator set' : 'graph'}`)
  }
  return new ModelReader(model, graph, external).read(what)
}

function decode(bytes: Uint8Array, what: string): ModelProto {
  try {
    checkWire(ModelProtoSchema, bytes, modelLimits, rawFloats)
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false })
  } catch (error) {
    if (error instanceof StudioError) {
      throw new StudioError(error.code, `${what} cannot be read as ONNX: ${error.message}`, error.details, error)
    }
    // The decoder throws plain errors for what the walk over the wire does not look at, such as texts that are not UTF-8.
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('file-damaged', `${what} cannot be read as ONNX: ${reason}`, {}, error)
  }
}

class ModelReader {
  private readonly model: ModelProto
  private readonly graph: GraphProto
  private readonly external: ExternalData | undefined
  private readonly issues: Issue[] = []
  private readonly initializers = new Map<string, ConstantTensor>()

  constructor(model: ModelProto, graph: GraphProto, external: ExternalData | undefined) {
    this.model = model
    this.graph = graph
    this.external = external
  }

  read(what: string): ForeignModel {
    const { graph, model } = this
    const opset = this.opset()
    if (graph.node.length > maxNodes) {
      throw new StudioError('too-large', `${what} has ${graph.node.length} nodes; at most ${maxNodes} are read`)
    }
    this.refuseUnreadParts()
    this.readInitializers()
    const inputs = graph.input
      .filter(({ name }) => !this.initializers.has(name))
      .map((info) => this.value(info, 'input'))
    const nodes = this.nodes(inputs)
    const outputs = graph.output.map((info) => this.value(info, 'output'))
    this.checkOutputs(nodes, inputs, outputs)
    if (this.issues.length > 0) throw issuesError(what, this.issues)
    return {
      name: graph.name,
      producer: [model.producerName, model.producerVersion].filter((text) => text !== '').join(' '),
      opset,
      nodes,
      inputs,
      outputs,
      initializers: this.initializers,
      metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    }
  }

  private opset(): number {
    const standard = this.model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')
    const version = Number(standard?.version ?? 0)
    if (version >= opsets.min && version <= opsets.max) return version
    this.report(
      'unsupported-version',
      'opset_import',
      `is opset ${version}; opsets ${opsets.min} to ${opsets.max} are read. Convert it, for example with onnx.version_converter`,
    )
    return opsets.max
  }

  private refuseUnreadParts(): void {
    if (this.graph.sparseInitializer.length > 0) {
      this.report('unsupported-operation', 'graph.sparse_initializer', 'sparse weights are not read: store them dense')
    }
  }

  private readInitializers(): void {
    for (const tensor of this.graph.initializer) {
      const place = `initializer "${tensor.name.slice(0, 80)}"`
      if (tensor.name === '' || tensor.name.length > maxNameLength)
        this.report('network-structure', place, 'has no usable name')
      else if (this.initializers.has(tensor.name))
        this.report('network-structure', place, 'two initializers have this name')
      else this.collect(place, () => this.initializers.set(tensor.name, readTensor(tensor, place, this.external)))
    }
  }

  private nodes(inputs: readonly ForeignValue[]): readonly ForeignNode[] {
    const nodes = this.graph.node.map((node, index) => this.node(node, index))
    const madeBy = new Map<string, number>()
    const given = new Set([...inputs.map(({ name }) => name), ...this.initializers.keys()])
    for (const node of nodes) {
      for (const output of node.outputs) {
        if (output === '') continue
        const isTwice = madeBy.has(output) || given.has(output)
        if (isTwice)
          this.report('network-structure', nodePlace(node), `makes "${output.slice(0, 80)}", which exists already`)
        madeBy.set(output, node.index)
      }
    }
    for (const node of nodes) {
      for (const input of node.inputs) {
        if (input === '' || madeBy.has(input) || given.has(input)) continue
        this.report('network-structure', nodePlace(node), `takes "${input.slice(0, 80)}", which nothing makes`)
      }
    }
    return this.issues.length > 0 ? nodes : this.sorted(nodes, madeBy)
  }

  private sorted(nodes: readonly ForeignNode[], madeBy: ReadonlyMap<string, number>): readonly ForeignNode[] {
    const edges = nodes.flatMap((node) =>
      node.inputs.flatMap((input) => {
        const source = madeBy.get(input)
        return source === undefined ? [] : [{ source: String(source), target: String(node.index) }]
      }),
    )
    const isSorted = edges.every(({ source, target }) => Number(source) < Number(target))
    if (isSorted) return nodes
    const { order, blocked } = topologicalOrder(
      nodes.map(({ index }) => String(index)),
      edges,
    )
    for (const index of blocked.slice(0, 20)) {
      const node = nodes[Number(index)]
      if (node)
        this.report(
          'network-cycle',
          nodePlace(node),
          'lies on a cycle or behind one: its own result is needed to compute it',
        )
    }
    return order.flatMap((index) => nodes[Number(index)] ?? [])
  }

  private node(node: NodeProto, index: number): ForeignNode {
    const foreign: ForeignNode = {
      index,
      name: node.name,
      operator: node.opType,
      domain: node.domain === 'ai.onnx' ? '' : node.domain,
      inputs: node.input,
      outputs: node.output,
      attributes: new Map(node.attribute.map((attribute) => [attribute.name, attribute])),
    }
    const names = [...node.input, ...node.output]
    const tooLong = names.some((name) => name.length > maxNameLength)
    if (tooLong) this.report('too-large', nodePlace(foreign), `has a name of more than ${maxNameLength} characters`)
    if (foreign.attributes.size < node.attribute.length) {
      this.report('network-structure', nodePlace(foreign), 'has two attributes of the same name')
    }
    return foreign
  }

  private value(info: ValueInfoProto, side: 'input' | 'output'): ForeignValue {
    const { name, type } = info
    const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined
    const shape = tensor?.shape?.dim.map(({ value }) => {
      if (value.case !== 'dimValue') return value.case === 'dimParam' ? value.value : ''
      const size = Number(value.value)
      // A size of 0 stands for a free one in files of older tools.
      if (!Number.isSafeInteger(size) || size < 0) {
        this.report(
          'out-of-range',
          `${side} "${name.slice(0, 80)}"`,
          `has a size of ${value.value}; expected 1 or more`,
        )
      }
      return size === 0 ? '' : size
    })
    return { name, shape, isFloat: tensor?.elemType === TensorProto_DataType.FLOAT }
  }

  private checkOutputs(
    nodes: readonly ForeignNode[],
    inputs: readonly ForeignValue[],
    outputs: readonly ForeignValue[],
  ): void {
    const made = new Set([...nodes.flatMap((node) => node.outputs), ...inputs.map(({ name }) => name)])
    for (const { name } of outputs) {
      if (made.has(name) || this.initializers.has(name)) continue
      this.report('network-structure', `output "${name.slice(0, 80)}"`, 'nothing makes this output')
    }
    for (const list of [inputs, outputs]) {
      const seen = new Set<string>()
      for (const { name } of list) {
        if (seen.has(name)) this.report('network-structure', `"${name.slice(0, 80)}"`, 'is declared twice')
        seen.add(name)
      }
    }
    if (outputs.length === 0) this.report('network-structure', 'graph', 'has no output')
  }

  private collect(place: string, read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      this.report(error.code, place, error.message)
    }
  }

  private report(code: Issue['code'], path: string, message: string): void {
    if (this.issues.length < maxIssues) this.issues.push({ code, path, message })
  }
}
