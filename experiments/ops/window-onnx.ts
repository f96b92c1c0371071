/**
 * The two halves of any windowed operation out of slices and pads, for providers without a kernel of their own: taking, for each
 * position (u, v) of the window, the image elements it meets; and putting such parts back, where overlapping ones add up.
 */
import type { Pair } from './attributes.ts'
import { inputAt } from './expect-type.ts'
import type { OnnxGraphBuilder } from './onnx-lowering.ts'
import { onnxSum } from './onnx-reduce.ts'
import { axisPadding, onnxPads, windowExtent, type Window } from './window.ts'

/** One [N, channels, output height, output width] per window position in row-major order; padding reads as `fill`. */
export function shiftedWindows(
  graph: OnnxGraphBuilder,
  x: string,
  window: Window,
  output: Pair,
  fill = 0,
): readonly string[] {
  const { kernel, strides, dilations, padding } = window
  const pads = onnxPads(padding)
  const padInputs = [x, graph.integers([0, 0, ...pads.slice(0, 2), 0, 0, ...pads.slice(2)])]
  const isPadded = padding.some((edge) => edge > 0)
  const padded = isPadded ? graph.node('Pad', fill === 0 ? padInputs : [...padInputs, graph.scalar(fill)]) : x
  if (kernel[0] * kernel[1] * strides[0] * strides[1] === 1) return [padded]
  return windowPositions(kernel).map(([u, v]) => {
    const start = [u * dilations[0], v * dilations[1]] as const
    const end = [start[0] + (output[0] - 1) * strides[0] + 1, start[1] + (output[1] - 1) * strides[1] + 1]
    return graph.node('Slice', [
      padded,
      graph.integers(start),
      graph.integers(end),
      graph.integers([2, 3]),
      graph.integers(strides),
    ])
  })
}

/** The transpose of `shiftedWindows`: an image of `shape` to which each part is added at the elements its position meets. */
export function spreadWindow(
  graph: OnnxGraphBuilder,
  parts: readonly string[],
  window: Window,
  image: Pair,
  shape: readonly number[],
): string {
  const { kernel, strides, dilations } = window
  const output = [0, 1].map((axis) => outputSize(window, image, axis as 0 | 1)) as [number, number]
  const spread = windowPositions(kernel).map(([u, v], i) => {
    const dilated = withGaps(graph, inputAt(parts, i), strides, output, shape)
    const before = [
      u * dilations[0] - axisPadding(window.padding, 0)[0],
      v * dilations[1] - axisPadding(window.padding, 1)[0],
    ]
    const after = [0, 1].map(
      (axis) => (image[axis] ?? 0) - (before[axis] ?? 0) - (output[axis] ?? 0) * (strides[axis] ?? 1),
    )
    // Negative padding cuts off what would fall outside of the image.
    return graph.node('Pad', [dilated, graph.integers([0, 0, ...before, 0, 0, ...after])])
  })
  return spread.length === 1 ? inputAt(spread, 0) : onnxSum(graph, spread)
}

/** Puts stride - 1 zeros after every row and column. */
function withGaps(
  graph: OnnxGraphBuilder,
  part: string,
  strides: Pair,
  output: Pair,
  shape: readonly number[],
): string {
  if (strides[0] === 1 && strides[1] === 1) return part
  const [batch = 1, channels = 1] = shape
  const split = graph.node('Reshape', [part, graph.integers([batch * channels, output[0], 1, output[1], 1])])
  const gaps = graph.node('Pad', [split, graph.integers([0, 0, 0, 0, 0, 0, 0, strides[0] - 1, 0, strides[1] - 1])])
  return graph.node('Reshape', [
    gaps,
    graph.integers([batch, channels, output[0] * strides[0], output[1] * strides[1]]),
  ])
}

function outputSize(window: Window, image: Pair, axis: 0 | 1): number {
  const [before, after] = axisPadding(window.padding, axis)
  return Math.floor((image[axis] + before + after - windowExtent(window, axis)) / window.strides[axis]) + 1
}

function windowPositions(kernel: Pair): readonly Pair[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, i) => [Math.floor(i / kernel[1]), i % kernel[1]] as const)
}
