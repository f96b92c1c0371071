/** What the ops of batch normalisation share: x is [N, channels, height, width], everything else one number per channel. */
import { expectAxes, expectDataType, expectShape, imageAxes } from './expect-type.ts'
import type { OnnxGraphBuilder } from './onnx-lowering.ts'
import { onnxReduce } from './onnx-reduce.ts'
import type { TensorType } from './tensor-type.ts'

export function normalizedType(op: string, x: TensorType): TensorType {
  expectDataType(`x of ${op}`, x, 'float32')
  expectAxes(`x of ${op}`, x, imageAxes)
  return x
}

/** The type [channels], which all of `inputs` must have. */
export function expectPerChannel(
  op: string,
  x: TensorType,
  inputs: Readonly<Record<string, TensorType | undefined>>,
): TensorType {
  const shape = x.shape.slice(1, 2)
  for (const [name, type] of Object.entries(inputs)) if (type) expectShape(`${name} of ${op}`, type, shape)
  return { dtype: 'float32', shape }
}

/** [channels] from [N, channels, height, width]. */
export function onnxChannelReduce(
  graph: OnnxGraphBuilder,
  reduction: 'ReduceMean' | 'ReduceSum' | 'ReduceSumSquare',
  x: string,
): string {
  return onnxReduce(graph, reduction, x, [0, 2, 3], false)
}

/** [channels] in the form that broadcasts against images. */
export function channelWise(graph: OnnxGraphBuilder, values: string): string {
  return graph.node('Reshape', [values, graph.integers([1, -1, 1, 1])])
}
