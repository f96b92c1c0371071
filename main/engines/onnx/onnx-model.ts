/** Serialises an ONNX graph to the bytes of a ModelProto. */
import { create, toBinary } from '@bufbuild/protobuf'
import type { OnnxAttribute } from '../../../experiments/ops/onnx-lowering.ts'
import type { OnnxElementType, OnnxGraph, OnnxInitializer, OnnxNode, OnnxValueInfo } from './onnx-graph.ts'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType as TensorDataType,
  TensorProtoSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
} from './proto/onnx_pb.ts'

/** The version of the file format that goes with opset 17. */
const irVersion = 8n
/** Domains of ONNX Runtime's own operators. */
const ownDomains = ['com.microsoft', 'com.microsoft.nchwc']

const elementTypes: Readonly<Record<OnnxElementType, number>> = {
  float32: TensorDataType.FLOAT,
  float16: TensorDataType.FLOAT16,
  int32: TensorDataType.INT32,
  int64: TensorDataType.INT64,
  bool: TensorDataType.BOOL,
}

/** What a file says about itself besides the graph. */
export interface ModelDescription {
  readonly producerVersion?: string
  readonly documentation?: string
  readonly metadata?: Readonly<Record<string, string>>
}

export function serialiseModel(graph: OnnxGraph, opset: number, description: ModelDescription = {}): Uint8Array {
  const { producerVersion = '', documentation = '', metadata = {} } = description
  const domains = [{ domain: '', version: opset }]
  for (const domain of ownDomains) if (usesDomain(graph, domain)) domains.push({ domain, version: 1 })
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'strata',
    producerVersion,
    docString: documentation,
    metadataProps: Object.entries(metadata).map(([key, value]) => stringEntry(key, value)),
    graph: graphProto(graph),
    opsetImport: domains.map(({ domain, version }) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
  })
  return toBinary(ModelProtoSchema, model)
}

function usesDomain(graph: OnnxGraph, domain: string): boolean {
  return graph.nodes.some(
    (node) =>
      node.domain === domain ||
      Object.values(node.attributes).some(
        (value) => typeof value === 'object' && 'graph' in value && usesDomain(value.graph, domain),
      ),
  )
}

function stringEntry(key: string, value: string) {
  return create(StringStringEntryProtoSchema, { key, value })
}

function graphProto(graph: OnnxGraph): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: graph.initializers.map(tensorProto),
    input: graph.inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
  })
}

function nodeProto(node: OnnxNode) {
  return create(NodeProtoSchema, {
    name: node.name ?? '',
    opType: node.operator,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  })
}

function attributeProto(name: string, value: OnnxAttribute | { readonly graph: OnnxGraph }): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) })
  }
  if ('ints' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) })
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] })
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float })
  return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: graphProto(value.graph) })
}

/** Raw data is little-endian in ONNX, as on every machine that onnxruntime runs on. */
function tensorProto({ name, type, shape, data, external }: OnnxInitializer) {
  const tensor = { name, dataType: elementTypes[type], dims: shape.map(BigInt) }
  if (external) {
    const { location, offset, length } = external
    return create(TensorProtoSchema, {
      ...tensor,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [
        stringEntry('location', location),
        stringEntry('offset', String(offset)),
        stringEntry('length', String(length)),
      ],
    })
  }
  return create(TensorProtoSchema, {
    ...tensor,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  })
}

function valueProto({ name, type, shape }: OnnxValueInfo) {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size },
    }),
  )
  const tensor = create(TypeProto_TensorSchema, {
    elemType: elementTypes[type],
    shape: create(TensorShapeProtoSchema, { dim }),
  })
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  })
}
