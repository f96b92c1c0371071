/**
 * The sum of the squares of all elements, in whatever layout they lie: what rounding added is zero. As the dot product of a depthwise
 * convolution it runs on all threads.
 */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { elementCount } from '../../../../../experiments/ops/tensor-type.ts'
import { blockedConv, reshape } from '../blocked-graph.ts'
import type { BlockedForm } from '../blocked-lowering.ts'

/** Longest sum in one accumulator: longer ones lose digits. */
const longestSum = 1024

export const reduceSumSquare: BlockedForm = (node, lowering) => {
  const { graph, block } = lowering
  const x = inputAt(node.inputs, 0)
  const y = inputAt(node.outputs, 0)
  if (elementCount(y.type.shape) !== 1 || y.type.shape.length > 0) return false
  const layout = lowering.blockedLayout(x) ?? 'plain'
  const count = elementCount(lowering.shape(x, layout))
  if (count % block !== 0) return false
  const length = largestDivisor(count / block, longestSum)
  const channels = count / length
  const name = lowering.as(x, layout)
  const squares = blockedConv(graph, {
    x: reshape(graph, name, [1, channels, 1, length]),
    filter: reshape(graph, name, [channels, 1, 1, length]),
    kernel: [1, length],
    group: channels,
  })
  const sum = graph.node('ReduceSum', [squares, graph.integers([0, 1, 2, 3])], { keepdims: 0 })
  lowering.define(y, 'plain', sum)
  return true
}

function largestDivisor(count: number, limit: number): number {
  for (let divisor = Math.min(count, limit); divisor > 1; divisor--) if (count % divisor === 0) return divisor
  return 1
}
