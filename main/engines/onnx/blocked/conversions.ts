/** Changes of layout inside a graph. */
import type { OnnxGraphBuilder } from '../../../../experiments/ops/onnx-lowering.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import { blockedNode, keepFirst, pad, reshape, transpose } from './blocked-graph.ts'
import { layoutShape, roundUp, type Layout } from './layout.ts'

/** A plain tensor of `shape` in `layout`. */
export function toLayout(
  graph: OnnxGraphBuilder,
  x: string,
  shape: readonly number[],
  layout: Layout,
  block: number,
): string {
  const rounded = layoutShape(shape, layout, block)
  const [first = 1, second = 1, ...rest] = rounded
  const area = elementCount(rest)
  const none = shape.map(() => 0)
  const missing = rounded.map((size, axis) => size - (shape[axis] ?? 0))
  switch (layout) {
    case 'plain':
      return x
    case 'vector':
      return pad(graph, x, none, missing)
    case 'image':
      return blockedNode(graph, 'ReorderInput', [pad(graph, x, none, missing)])
    case 'filter': {
      const tiles = reshape(graph, pad(graph, x, none, missing), [first / block, block, second / block, block, area])
      return reshape(graph, transpose(graph, tiles, [0, 2, 4, 3, 1]), rounded)
    }
    case 'narrow': {
      const tiles = reshape(graph, pad(graph, x, none, missing), [first / block, block, second, area])
      return reshape(graph, transpose(graph, tiles, [0, 2, 3, 1]), rounded)
    }
  }
}

/** A tensor of `shape` in `layout`, made plain. */
export function toPlain(
  graph: OnnxGraphBuilder,
  x: string,
  shape: readonly number[],
  layout: Layout,
  block: number,
): string {
  const rounded = layoutShape(shape, layout, block)
  const [first = 1, second = 1, ...rest] = rounded
  const area = elementCount(rest)
  const cut = (whole: string) => {
    const axes = rounded.flatMap((size, axis) => (size === shape[axis] ? [] : [axis]))
    return axes.length === 0
      ? whole
      : keepFirst(
          graph,
          whole,
          axes,
          axes.map((axis) => shape[axis] ?? 0),
        )
  }
  switch (layout) {
    case 'plain':
      return x
    case 'vector':
      return cut(x)
    case 'image':
      return blockedNode(graph, 'ReorderOutput', [x], { channels: shape[1] ?? 1 })
    case 'filter': {
      const tiles = reshape(graph, x, [first / block, second / block, area, block, block])
      return cut(reshape(graph, transpose(graph, tiles, [0, 4, 1, 3, 2]), rounded))
    }
    case 'narrow': {
      const tiles = reshape(graph, x, [first / block, second, area, block])
      return cut(reshape(graph, transpose(graph, tiles, [0, 3, 1, 2]), rounded))
    }
  }
}

/** Rows of zeros up to a multiple of the block along the batch. */
export function wholeBatch(graph: OnnxGraphBuilder, x: string, shape: readonly number[], block: number): string {
  const missing = roundUp(shape[0] ?? 1, block) - (shape[0] ?? 1)
  return pad(
    graph,
    x,
    shape.map(() => 0),
    shape.map((_, axis) => (axis === 0 ? missing : 0)),
  )
}
