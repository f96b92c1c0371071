/**
 * Gradient of max pooling. For each position t of the window in turn, e_t = [x_t = y] is a depthwise convolution that picks x_t, minus y, times
 * 2^80, under a hard sigmoid: exactly 1 for equal numbers, 0 for others further apart than 2^-80. What e_t takes of dy is gone for later
 * positions, so the first of equal ones gets it. Then each element of x adds up what windows gave it: per phase of the stride the shifted parts
 * are summed by depthwise convolutions, and the phases are interleaved. Holds for |x| < 2^47.
 */
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { onnxPads, axisPadding } from '../../../../../experiments/ops/window.ts'
import type { PoolingAttributes } from '../../../../../experiments/ops/pooling.ts'
import { blockedConv, oneTapFilter, pad, reshape } from '../blocked-graph.ts'
import type { BlockedForm, BlockedLowering } from '../blocked-lowering.ts'
import { interleave } from '../interleave.ts'

const steepness = 2 ** 80
/** Below all numbers; times the steepness it is minus infinity, which is no error. */
const lowest = -3e38

export const maxPool2dGradient: BlockedForm = (node, lowering) => {
  const attributes = node.attributes as unknown as PoolingAttributes
  const [x, y, dy] = [0, 1, 2].map((i) => inputAt(node.inputs, i)) as [
    (typeof node.inputs)[number],
    (typeof node.inputs)[number],
    (typeof node.inputs)[number],
  ]
  if (!lowering.has(x, 'image') || !lowering.has(y, 'image')) return false
  const shapes = { from: lowering.shape(y, 'image'), to: lowering.shape(x, 'image') }
  const shares = takenShares(lowering, lowering.as(x, 'image'), lowering.as(y, 'image'), lowering.as(dy, 'image'), {
    ...shapes,
    attributes,
  })
  lowering.define(inputAt(node.outputs, 0), 'image', spreadShares(lowering, shares, { ...shapes, attributes }))
  return true
}

interface Pooling {
  /** Sizes of y and x, padded. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly attributes: PoolingAttributes
}

/** What each position of the window takes of dy, row by row. */
function takenShares(
  lowering: BlockedLowering,
  x: string,
  y: string,
  dy: string,
  { to, attributes: { kernel, strides, padding } }: Pooling,
): readonly string[] {
  const { graph, block } = lowering
  const [, channels = 1] = to
  const surrounded = surround(lowering, x, to, onnxPads(padding))
  const negative = graph.node('Mul', [y, graph.scalar(-steepness)])
  const count = kernel[0] * kernel[1]
  let rest = dy
  return Array.from({ length: count }, (_, tap) => {
    if (tap === count - 1) return rest
    const isLargest = blockedConv(graph, {
      x: surrounded,
      filter: oneTapFilter(graph, channels, block, kernel, [Math.floor(tap / kernel[1]), tap % kernel[1]], steepness),
      kernel,
      strides,
      group: channels,
      sum: negative,
      hardSigmoid: { alpha: 1, beta: 1 },
    })
    const taken = graph.node('Mul', [rest, isLargest])
    rest = graph.node('Sub', [rest, taken])
    return taken
  })
}

function surround(lowering: BlockedLowering, x: string, shape: readonly number[], pads: readonly number[]): string {
  const { graph, block } = lowering
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  if (top + left + bottom + right === 0) return x
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const lines = reshape(graph, x, [(batch * channels) / block, height, width * block])
  const padded = pad(graph, lines, [0, top, left * block], [0, bottom, right * block], lowest)
  return reshape(graph, padded, [batch, channels, height + top + bottom, width + left + right])
}

function spreadShares(
  lowering: BlockedLowering,
  shares: readonly string[],
  { from, to, attributes: { kernel, strides, padding } }: Pooling,
): string {
  const size = [0, 1].map((axis) => Math.ceil((to[axis + 2] ?? 1) / (strides[axis] ?? 1))) as [number, number]
  const shiftsOf = (axis: 0 | 1, phase: number) => {
    const before = axisPadding(padding, axis)[0]
    return Array.from({ length: kernel[axis] }, (_, tap) => ({
      tap,
      shift: (phase + before - tap) / strides[axis],
    })).filter(({ shift }) => Number.isInteger(shift))
  }
  const phases = Array.from({ length: strides[0] }, (_, rowPhase) =>
    Array.from({ length: strides[1] }, (_, columnPhase) => {
      let sum: string | undefined
      for (const row of shiftsOf(0, rowPhase))
        for (const column of shiftsOf(1, columnPhase)) {
          const share = shares[row.tap * kernel[1] + column.tap] ?? ''
          sum = addShifted(lowering, share, sum, from, size, [row.shift, column.shift])
        }
      return sum
    }),
  )
  return interleave(lowering, phases, to, size)
}

/** `sum` plus x moved so that position j holds x[j + shift], zero where there is none. */
function addShifted(
  { graph, block }: BlockedLowering,
  x: string,
  sum: string | undefined,
  shape: readonly number[],
  size: readonly [number, number],
  shifts: readonly [number, number],
): string {
  const [, channels = 1] = shape
  const axes = ([0, 1] as const).map((axis) => {
    const shift = shifts[axis]
    const before = Math.max(0, -shift)
    const tap = Math.max(0, shift)
    // Rows or columns behind the end: padded where they are missing, passed by where there are too many.
    const after = size[axis] - (shape[axis + 2] ?? 1) - before + tap
    return { before, after: Math.max(0, after), tap, kernel: tap + 1 + Math.max(0, -after) }
  })
  const [rows, columns] = axes as [(typeof axes)[number], (typeof axes)[number]]
  const isInPlace = axes.every(({ before, after, kernel }) => before + after === 0 && kernel === 1)
  if (isInPlace && sum === undefined) return x
  if (isInPlace) return graph.node('Add', [sum ?? '', x])
  return blockedConv(graph, {
    x,
    filter: oneTapFilter(graph, channels, block, [rows.kernel, columns.kernel], [rows.tap, columns.tap]),
    kernel: [rows.kernel, columns.kernel],
    pads: [rows.before, columns.before, rows.after, columns.after],
    group: channels,
    ...(sum !== undefined && { sum }),
  })
}
