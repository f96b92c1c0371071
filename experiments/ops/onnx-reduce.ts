/** ONNX moved the axes of its reductions from an attribute to an input: ReduceSum at opset 13, the others at 18. */
import { ints, type OnnxGraphBuilder } from './onnx-lowering.ts'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceSumSquare'

export function onnxReduce(
  graph: OnnxGraphBuilder,
  reduction: Reduction,
  x: string,
  axes: readonly number[],
  keepAxes: boolean,
): string {
  const keepdims = keepAxes ? 1 : 0
  const axesAreInput = graph.target.opset >= (reduction === 'ReduceSum' ? 13 : 18)
  return axesAreInput
    ? graph.node(reduction, [x, graph.integers(axes)], { keepdims })
    : graph.node(reduction, [x], { axes: ints(axes), keepdims })
}

/** The sum of tensors of one shape. WebGPU has no kernel for `Sum`: it would run on the processor in the middle of each step. */
export function onnxSum(graph: OnnxGraphBuilder, parts: readonly string[]): string {
  if (graph.target.provider !== 'webgpu') return graph.node('Sum', parts)
  return parts.reduce((sum, part) => graph.node('Add', [sum, part]))
}
