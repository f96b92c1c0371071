/** ONNX moved the axes of its reductions from an attribute to an input: ReduceSum at opset 13, the others at 18. */
import { ints, type OnnxGraphBuilder } from './onnx-lowering.ts'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceSumSquare'

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
