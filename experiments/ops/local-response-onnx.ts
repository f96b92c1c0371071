/**
 * Local response normalisation in elementary operators: onnxruntime's own LRN is slow on the CPU, missing on WebGPU, and has no gradient.
 * Forward and gradient ask for the same nodes, which are then computed once.
 */
import type { LocalResponseAttributes } from './local-response.ts'
import { ints, type OnnxGraphBuilder } from './onnx-lowering.ts'
import { onnxSum } from './onnx-reduce.ts'
import type { TensorType } from './tensor-type.ts'

/** s = bias + alpha / size * (sum of squares of the neighbours), and s^-beta. */
export function onnxNormalizer(
  graph: OnnxGraphBuilder,
  x: string,
  type: TensorType,
  { size, alpha, beta, bias }: LocalResponseAttributes,
): { readonly sums: string; readonly power: string } {
  const squares = onnxChannelSums(graph, graph.node('Mul', [x, x]), type, size, false)
  const sums = graph.node('Add', [graph.node('Mul', [squares, graph.scalar(alpha / size)]), graph.scalar(bias)])
  return { sums, power: negativePower(graph, sums, beta) }
}

/** A general power takes many times as long as roots. */
function negativePower(graph: OnnxGraphBuilder, sums: string, beta: number): string {
  if (beta !== 0.5 && beta !== 0.75) return graph.node('Pow', [sums, graph.scalar(-beta)])
  const root = graph.node('Sqrt', [sums])
  const denominator = beta === 0.5 ? root : graph.node('Mul', [root, graph.node('Sqrt', [root])])
  return graph.node('Reciprocal', [denominator])
}

/**
 * For each channel, the sum over `size` channels around it; an even size reaches one further up, `mirrored` one further down. A pooling
 * in three dimensions on the CPU, shifted slices elsewhere.
 */
export function onnxChannelSums(
  graph: OnnxGraphBuilder,
  x: string,
  type: TensorType,
  size: number,
  mirrored: boolean,
): string {
  const [, channels = 1, height = 1, width = 1] = type.shape
  const shorter = Math.floor((size - 1) / 2)
  const longer = size - 1 - shorter
  const [before, after] = mirrored ? [longer, shorter] : [shorter, longer]
  if (graph.target.provider === 'cpu') {
    const volume = graph.node('Reshape', [x, graph.integers([-1, 1, channels, height, width])])
    const means = graph.node('AveragePool', [volume], {
      kernel_shape: ints([size, 1, 1]),
      pads: ints([before, 0, 0, after, 0, 0]),
      count_include_pad: 1,
    })
    const sums = graph.node('Mul', [means, graph.scalar(size)])
    return graph.node('Reshape', [sums, graph.integers([-1, channels, height, width])])
  }
  const padded = graph.node('Pad', [x, graph.integers([0, before, 0, 0, 0, after, 0, 0])])
  const shifted = Array.from({ length: size }, (_, shift) =>
    graph.node('Slice', [padded, graph.integers([shift]), graph.integers([shift + channels]), graph.integers([1])]),
  )
  return onnxSum(graph, shifted)
}
