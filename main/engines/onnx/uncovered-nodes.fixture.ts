/** Finds the nodes of a graph that a provider has no kernel for, by operator, opset and element type. */
import type { OnnxElementType, OnnxGraph, OnnxNode } from './onnx-graph.ts'
import type { Kernel } from './provider-kernels.fixture.ts'

const opset = 17

/** One line for each node outside of `kernels`, those of inner graphs included. */
export function uncoveredNodes(
  graph: OnnxGraph,
  kernels: Readonly<Record<string, Kernel>>,
  outer: ReadonlyMap<string, OnnxElementType> = new Map(),
): readonly string[] {
  const types = new Map(outer)
  for (const { name, type } of [...graph.inputs, ...graph.initializers]) types.set(name, type)
  return graph.nodes.flatMap((node) => {
    const type = dataType(node, types)
    for (const output of node.outputs) types.set(output, outputType(node, type))
    const inner = Object.values(node.attributes).flatMap((value) =>
      typeof value === 'object' && 'graph' in value ? uncoveredNodes(value.graph, kernels, types) : [],
    )
    const kernel = node.domain === '' ? kernels[node.operator] : undefined
    const isCovered =
      kernel !== undefined &&
      kernel.since <= opset &&
      opset <= (kernel.until ?? opset) &&
      (node.operator === 'Loop' || kernel.types.includes(type))
    return isCovered ? inner : [`${node.domain} ${node.operator} of ${type}`, ...inner]
  })
}

/** The type that a node's kernel is chosen by: of what it works on, not of its condition. */
function dataType({ operator, inputs }: OnnxNode, types: ReadonlyMap<string, OnnxElementType>): OnnxElementType {
  const name = inputs[operator === 'Where' ? 1 : 0] ?? ''
  const type = types.get(name)
  if (type === undefined) throw new Error(`${operator} takes ${name}, whose type is not known`)
  return type
}

const comparisons = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'])
/** By their numbers in the format. */
const castTypes: Readonly<Record<number, OnnxElementType>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
}

function outputType({ operator, attributes }: OnnxNode, type: OnnxElementType): OnnxElementType {
  if (comparisons.has(operator)) return 'bool'
  if (operator === 'ArgMax') return 'int64'
  if (operator !== 'Cast') return type
  const cast = castTypes[Number(attributes['to'])]
  if (cast === undefined) throw new Error(`a cast to the type ${JSON.stringify(attributes['to'])} is not known`)
  return cast
}
