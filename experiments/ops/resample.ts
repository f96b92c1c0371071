/**
 * Resampling an image along one axis is a product with a matrix of few entries per row; along both axes it is Y = R X C^T, and its
 * gradient R^T dY C. Interpolation and adaptive pooling differ in the matrix only.
 */
import type { Pair } from './attributes.ts'
import type { OnnxGraphBuilder } from './onnx-lowering.ts'

export interface Share {
  /** Position in the input. */
  readonly from: number
  readonly weight: number
}

/** What each output position along an axis is made of. */
export type AxisMap = readonly (readonly Share[])[]

/**
 * Linear interpolation to `factor` times the size, pixels being areas (half-pixel centres, PyTorch's align_corners=False): position i lies
 * at (i + 1/2) / factor - 1/2 of the input; what lies outside takes the border.
 */
export function linearMap(size: number, factor: number): AxisMap {
  return Array.from({ length: size * factor }, (_, i) => {
    const at = Math.min(Math.max((i + 0.5) / factor - 0.5, 0), size - 1)
    const before = Math.floor(at)
    const after = Math.min(before + 1, size - 1)
    if (after === before || at === before) return [{ from: before, weight: 1 }]
    return [
      { from: before, weight: before + 1 - at },
      { from: after, weight: at - before },
    ]
  })
}

/** Means over `count` spans that cover the axis: from floor(i size / count) up to ceil((i + 1) size / count), as in PyTorch. */
export function adaptiveMap(size: number, count: number): AxisMap {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count)
    const end = Math.ceil(((i + 1) * size) / count)
    return Array.from({ length: end - start }, (_, k) => ({ from: start + k, weight: 1 / (end - start) }))
  })
}

/** R x C^T for images x of `size`, or with `transposed` R^T y C for y of the resampled size. */
export function onnxResample(
  graph: OnnxGraphBuilder,
  x: string,
  rows: AxisMap,
  columns: AxisMap,
  size: Pair,
  transposed: boolean,
): string {
  const across = matrix(graph, columns, size[1], !transposed)
  const down = matrix(graph, rows, size[0], transposed)
  return graph.node('MatMul', [down, graph.node('MatMul', [x, across])])
}

/** [outputs, size], or its transpose. */
function matrix(graph: OnnxGraphBuilder, map: AxisMap, size: number, transposed: boolean): string {
  const values = new Float32Array(map.length * size)
  map.forEach((shares, i) => {
    for (const { from, weight } of shares) values[transposed ? from * map.length + i : i * size + from] = weight
  })
  return graph.floats(values, transposed ? [size, map.length] : [map.length, size])
}
