/** A part of an image: whole blocks of channels, any rows and columns. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { reshape } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const slice: BlockedForm = (node, lowering) => {
  const { graph, block } = lowering
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  const [images = 0, channels = 0, top = 0, left = 0] = node.attributes['before'] as readonly number[]
  const isWhole = [channels, x.type.shape[1] ?? 1, y.type.shape[1] ?? 1].every((count) => count % block === 0)
  if (!lowering.has(x, 'image') || !isWhole) return false
  const [batch = 1, all = 1, height = 1, width = 1] = x.type.shape
  const starts = [images, channels / block, top, left * block]
  const sizes = [
    y.type.shape[0] ?? 1,
    (y.type.shape[1] ?? 1) / block,
    y.type.shape[2] ?? 1,
    (y.type.shape[3] ?? 1) * block,
  ]
  const lines = reshape(graph, lowering.as(x, 'image'), [batch, all / block, height, width * block])
  const part = graph.node('Slice', [
    lines,
    graph.integers(starts),
    graph.integers(starts.map((start, axis) => start + (sizes[axis] ?? 0))),
    graph.integers([0, 1, 2, 3]),
  ])
  lowering.define(y, 'image', reshape(graph, part, y.type.shape))
  return true
}
