/** Zeros around an image: whole blocks of channels, any rows and columns. */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { pad as padTensor, reshape } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

export const pad: BlockedForm = (node, lowering) => {
  const { graph, block } = lowering
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  const before = node.attributes['before'] as readonly number[]
  const after = node.attributes['after'] as readonly number[]
  const isWhole = [before[1] ?? 0, after[1] ?? 0, x.type.shape[1] ?? 1].every((count) => count % block === 0)
  if (!lowering.has(x, 'image') || !isWhole) return false
  const [batch = 1, channels = 1, height = 1, width = 1] = x.type.shape
  const lines = reshape(graph, lowering.as(x, 'image'), [batch, channels / block, height, width * block])
  const inLines = ([images = 0, all = 0, rows = 0, columns = 0]: readonly number[]) => [
    images,
    all / block,
    rows,
    columns * block,
  ]
  const padded = padTensor(graph, lines, inLines(before), inLines(after))
  lowering.define(y, 'image', reshape(graph, padded, y.type.shape))
  return true
}
