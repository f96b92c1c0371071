/** An ONNX model of others as plain data, checked as a graph, not yet understood. */
import type { AttributeProto } from '../../engines/onnx/proto/onnx_pb.ts'
import type { ConstantTensor } from './constant-tensor.ts'

export interface ForeignNode {
  /** Place in the file. */
  readonly index: number
  readonly name: string
  readonly operator: string
  /** Empty: the standard operators. */
  readonly domain: string
  /** Names of values; an empty name is an optional input left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, AttributeProto>
}

/** Sizes are numbers, or names where they are free. Undefined: the graph does not say. */
export interface ForeignValue {
  readonly name: string
  readonly shape: readonly (number | string)[] | undefined
  readonly isFloat: boolean
}

export interface ForeignModel {
  readonly name: string
  readonly producer: string
  /** Version of the standard operators. */
  readonly opset: number
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly ForeignNode[]
  /** Without those that are initializers. */
  readonly inputs: readonly ForeignValue[]
  readonly outputs: readonly ForeignValue[]
  readonly initializers: ReadonlyMap<string, ConstantTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** `node 12 (Conv, "res2a")`, as messages name a node. */
export function nodePlace({ index, name, operator, domain }: ForeignNode): string {
  const type = domain === '' ? operator : `${domain}.${operator}`
  return name === '' ? `node ${index} (${type})` : `node ${index} (${type}, "${name.slice(0, 80)}")`
}
