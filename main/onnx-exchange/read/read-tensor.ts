/** From ONNX's TensorProto to a constant: type, shape and amount of data are compared before anything is allocated. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../../experiments/ops/tensor-type.ts'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type TensorProto,
} from '../../engines/onnx/proto/onnx_pb.ts'
import { checkedShape, maxIntegers, type ConstantTensor } from './constant-tensor.ts'
import type { ExternalData } from './external-data.ts'

interface ElementType {
  readonly kind: ConstantTensor['kind']
  readonly bytes: number
  /** From little-endian bytes. */
  read(view: DataView, at: number): number
  /** From the list that the type has in the message. */
  list(tensor: TensorProto): readonly (number | bigint)[]
}

const elementTypes: Readonly<Record<number, ElementType>> = {
  [DataType.FLOAT]: {
    kind: 'floats',
    bytes: 4,
    read: (view, at) => view.getFloat32(at, true),
    list: (tensor) => tensor.floatData,
  },
  [DataType.DOUBLE]: {
    kind: 'floats',
    bytes: 8,
    read: (view, at) => view.getFloat64(at, true),
    list: (tensor) => tensor.doubleData,
  },
  [DataType.FLOAT16]: {
    kind: 'floats',
    bytes: 2,
    read: (view, at) => halfFloat(view.getUint16(at, true)),
    list: (tensor) => tensor.int32Data.map(halfFloat),
  },
  [DataType.INT64]: {
    kind: 'integers',
    bytes: 8,
    read: (view, at) => Number(view.getBigInt64(at, true)),
    list: (tensor) => tensor.int64Data,
  },
  [DataType.INT32]: {
    kind: 'integers',
    bytes: 4,
    read: (view, at) => view.getInt32(at, true),
    list: (tensor) => tensor.int32Data,
  },
  [DataType.BOOL]: {
    kind: 'integers',
    bytes: 1,
    read: (view, at) => view.getUint8(at),
    list: (tensor) => tensor.int32Data,
  },
}

/**
 * @param external where external data is read from; undefined where there is no folder
 * @throws StudioError `unsupported-operation` (type), `out-of-range`, `too-large`, `shape-mismatch`, or what `ExternalData` throws
 */
export function readTensor(tensor: TensorProto, what: string, external: ExternalData | undefined): ConstantTensor {
  const type = elementTypes[tensor.dataType]
  if (!type || tensor.segment) {
    const name =
      Object.entries(DataType).find(([, number]) => number === tensor.dataType)?.[0] ?? `unknown (${tensor.dataType})`
    const problem = tensor.segment ? 'is stored in segments' : `holds ${name} numbers`
    throw new StudioError('unsupported-operation', `${what} ${problem}; weights are read as FLOAT, DOUBLE or FLOAT16`)
  }
  const shape = checkedShape(tensor.dims.map(Number), what)
  const count = elementCount(shape)
  if (type.kind === 'integers' && count > maxIntegers) {
    throw new StudioError('too-large', `${what} holds ${count} integers; at most ${maxIntegers} are read`)
  }
  const { name } = tensor
  if (tensor.dataLocation === DataLocation.EXTERNAL) {
    const bytes = externalBytes(tensor, count * type.bytes, what, external)
    return constantOf(type, name, shape, bytes)
  }
  if (tensor.rawData.length > 0) {
    if (tensor.rawData.length !== count * type.bytes) {
      throw new StudioError(
        'shape-mismatch',
        `${what} of shape ${formatShape(shape)} takes ${count * type.bytes} bytes, but ${tensor.rawData.length} are there`,
      )
    }
    return constantOf(type, name, shape, tensor.rawData)
  }
  const list = type.list(tensor)
  if (list.length !== count) {
    throw new StudioError(
      'shape-mismatch',
      `${what} of shape ${formatShape(shape)} has ${count} elements, but ${list.length} numbers are there`,
    )
  }
  const values = Array.from(list, Number)
  return type.kind === 'integers'
    ? { kind: 'integers', name, shape, values }
    : { kind: 'floats', name, shape, data: Float32Array.from(values) }
}

function externalBytes(
  tensor: TensorProto,
  bytes: number,
  what: string,
  external: ExternalData | undefined,
): Uint8Array {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location') ?? ''
  if (!external) {
    throw new StudioError('outside-folder', `${what}: its data lies in "${location}", but this model has no folder`)
  }
  const number = (key: string): number | undefined => {
    const text = entries.get(key)
    if (text === undefined) return undefined
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw new StudioError('out-of-range', `${what}: "${text.slice(0, 40)}" is no ${key} of external data`)
  }
  return external.read({ location, offset: number('offset') ?? 0, length: number('length') }, bytes, what)
}

function constantOf(type: ElementType, name: string, shape: readonly number[], bytes: Uint8Array): ConstantTensor {
  const count = elementCount(shape)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type.kind === 'integers') {
    const values = Array.from({ length: count }, (_, i) => type.read(view, i * type.bytes))
    return { kind: 'integers', name, shape, values }
  }
  if (type === elementTypes[DataType.FLOAT]) {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
    return { kind: 'floats', name, shape, data: new Float32Array(aligned.buffer, aligned.byteOffset, count) }
  }
  const data = new Float32Array(count)
  for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.bytes)
  return { kind: 'floats', name, shape, data }
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
