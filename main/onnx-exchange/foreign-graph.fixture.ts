/** Small ONNX graphs as other tools write them, for tests. */
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../engines/onnx/onnx-graph.ts'
import { serialiseModel } from '../engines/onnx/onnx-model.ts'
import { randomFloats } from './close-numbers.fixture.ts'

export type NodeText = readonly [operator: string, inputs: string, outputs: string, attributes?: OnnxNode['attributes']]

export interface ForeignGraph {
  readonly opset?: number
  /** Default: a free batch of 3x8x8. */
  readonly input?: readonly (number | string)[]
  /** The input is called `x`, the output `y`. */
  readonly nodes: readonly NodeText[]
  /** Random weights by name. */
  readonly weights?: Readonly<Record<string, readonly number[]>>
  /** Positive random lists: scales and variances. */
  readonly positive?: Readonly<Record<string, readonly number[]>>
  readonly floats?: Readonly<Record<string, number | readonly number[]>>
  readonly integers?: Readonly<Record<string, number | readonly number[]>>
  /** Default: two axes. */
  readonly outputRank?: number
}

export function foreignModel(description: ForeignGraph): Uint8Array {
  return serialiseModel(foreignGraph(description), description.opset ?? 13)
}

export function foreignGraph({
  input = ['N', 3, 8, 8],
  nodes,
  weights = {},
  positive = {},
  floats = {},
  integers = {},
  outputRank = 2,
}: ForeignGraph): OnnxGraph {
  const random = (name: string, shape: readonly number[], map: (value: number) => number): OnnxInitializer => ({
    name,
    type: 'float32',
    shape,
    data: randomFloats(name, elementCount(shape), 0.5).map(map),
  })
  return {
    name: 'main_graph',
    nodes: nodes.map(([operator, inputs, outputs, attributes = {}]) => ({
      operator,
      domain: '',
      inputs: names(inputs),
      outputs: names(outputs),
      attributes,
    })),
    initializers: [
      ...Object.entries(weights).map(([name, shape]) => random(name, shape, (value) => value)),
      ...Object.entries(positive).map(([name, shape]) => random(name, shape, (value) => 0.5 + Math.abs(value))),
      ...Object.entries(floats).map(([name, value]): OnnxInitializer => {
        const data = typeof value === 'number' ? [value] : value
        return {
          name,
          type: 'float32',
          shape: typeof value === 'number' ? [] : [data.length],
          data: Float32Array.from(data),
        }
      }),
      ...Object.entries(integers).map(([name, value]): OnnxInitializer => {
        const data = typeof value === 'number' ? [value] : value
        return {
          name,
          type: 'int64',
          shape: typeof value === 'number' ? [] : [data.length],
          data: BigInt64Array.from(data, BigInt),
        }
      }),
    ],
    inputs: [{ name: 'x', type: 'float32', shape: input }],
    outputs: [{ name: 'y', type: 'float32', shape: Array.from({ length: outputRank }, (_, axis) => `y${axis}`) }],
  }
}

/** `a b - c`: names, a dash for an input left out. */
function names(text: string): readonly string[] {
  return text.split(' ').flatMap((name) => (name === '' ? [] : [name === '-' ? '' : name]))
}
