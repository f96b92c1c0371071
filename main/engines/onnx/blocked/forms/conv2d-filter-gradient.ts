/**
 * Gradient of a convolution by its filter as one convolution in which images and channels change roles: the batch, in blocks, is what is
 * summed over; the rows and columns of dy are a large dilated filter; each of its positions over x is one tap of the result. With xN as
 * [1, N, H, W C] and dyN as [O, N, OH, OW] the output row u holds v C + c: the gradient itself, to be brought into the filter's order.
 * Nothing like a matrix of patches is written.
 */
import type { Pair } from '../../../../../experiments/ops/attributes.ts'
import { spatialSize, type ConvolutionAttributes } from '../../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { axisPadding } from '../../../../../experiments/ops/window.ts'
import { blockedConv, blockedNode, keepFirst, pad, reshape, transpose } from '../blocked-graph.ts'
import type { BlockedForm, BlockedLowering } from '../blocked-lowering.ts'
import { wholeBatch } from '../conversions.ts'
import { filterLayout } from '../filter-layout.ts'
import { roundUp } from '../layout.ts'

/** Least share of real images in the batch once it is rounded up to whole blocks. */
const leastBatchShare = 0.5

export const conv2dFilterGradient: BlockedForm = (node, lowering) => {
  const { block } = lowering
  const { strides, dilations, padding, kernel } = node.attributes as unknown as ConvolutionAttributes & { kernel: Pair }
  const x = inputAt(node.inputs, 0)
  const dy = inputAt(node.inputs, 1)
  const dFilter = inputAt(node.outputs, 0)
  const layout = filterLayout(x, dFilter.type.shape, {
    attributes: node.attributes,
    block,
    isPlainImage: !lowering.has(x, 'image'),
  })
  const [batch = 1] = x.type.shape
  if (!layout || dilations.some((dilation) => dilation !== 1)) return false
  if (batch / roundUp(batch, block) < leastBatchShare) return false

  const shape = lowering.shape(x, layout === 'narrow' ? 'plain' : 'image')
  const source = { name: lowering.as(x, layout === 'narrow' ? 'plain' : 'image'), shape, isPlain: layout === 'narrow' }
  const filters = lowering.shape(dy, 'image')[1] ?? 1
  // A pointwise filter looks at every stride-th element only: the others are dropped first.
  const isPointwise = kernel[0] === 1 && kernel[1] === 1 && padding.every((edge) => edge === 0)
  const isThinned = isPointwise && !source.isPlain && strides.some((stride) => stride > 1)
  const image = isThinned ? thinned(lowering, source, strides, spatialSize(dy.type)) : source
  const taken = taps(lowering, image, {
    dy: lowering.as(dy, 'image'),
    dyShape: lowering.shape(dy, 'image'),
    kernel,
    strides: isThinned ? [1, 1] : strides,
    top: axisPadding(padding, 0)[0],
    left: axisPadding(padding, 1)[0],
  })
  lowering.define(dFilter, layout, inFilterOrder(lowering, taken, filters, image, kernel))
  return true
}

interface Image {
  readonly name: string
  readonly shape: readonly number[]
  /** Plain, with fewer channels than a block. */
  readonly isPlain: boolean
}

function thinned(lowering: BlockedLowering, image: Image, strides: Pair, size: Pair): Image {
  const [batch = 1, channels = 1] = image.shape
  const name = blockedConv(lowering.graph, {
    x: image.name,
    filter: lowering.graph.floats(new Float32Array(channels).fill(1), [channels, 1, 1, 1]),
    kernel: [1, 1],
    strides,
    group: channels,
  })
  return { name, shape: [batch, channels, ...size], isPlain: false }
}

interface Taps {
  readonly dy: string
  readonly dyShape: readonly number[]
  readonly kernel: Pair
  readonly strides: Pair
  readonly top: number
  readonly left: number
}

/** [O / B, kernel height, kernel width x C, B of O] */
function taps(lowering: BlockedLowering, x: Image, { dy, dyShape, kernel, strides, top, left }: Taps): string {
  const { graph, block } = lowering
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape
  const [, filters = 1, rows = 1, columns = 1] = dyShape
  const batchBlocks = roundUp(batch, block) / block
  const parts = partsOf(lowering.threads, batchBlocks, Math.ceil(filters / block / 4) * kernel[0])
  const right = Math.max(0, (columns - 1) * strides[1] + kernel[1] - width - left)
  const bottom = Math.max(0, (rows - 1) * strides[0] + kernel[0] - height - top)
  const columnSize = channels * block
  const padded = pad(
    graph,
    reshape(graph, batchInnermost(lowering, x), [batchBlocks * height, width * columnSize]),
    [0, left * columnSize],
    [0, right * columnSize],
  )
  const fullWidth = (left + width + right) * channels
  const sums = blockedConv(graph, {
    x: reshape(graph, padded, [1, batchBlocks * block, height, fullWidth]),
    filter: gradientAsFilter(lowering, dy, dyShape, parts),
    kernel: [rows, columns],
    dilations: [strides[0], strides[1] * channels],
    pads: [top, 0, bottom, 0],
    group: parts,
  })
  const madeRows = height + top + bottom - (rows - 1) * strides[0]
  const madeColumns = fullWidth - (columns - 1) * strides[1] * channels
  const total =
    parts === 1
      ? sums
      : graph.node('ReduceSum', [reshape(graph, sums, [parts, -1]), graph.integers([0])], { keepdims: 0 })
  if (madeRows === kernel[0] && madeColumns === kernel[1] * channels) return total
  const whole = reshape(graph, total, [filters / block, madeRows, madeColumns, block])
  return keepFirst(graph, whole, [1, 2], [kernel[0], kernel[1] * channels])
}

/**
 * The runtime deals rows of the result to threads, for four blocks of filters at once. A batch in parts, whose results are added, makes more
 * and more equal shares of too few rows.
 */
function partsOf(threads: number, batchBlocks: number, rows: number): number {
  const isEven = (parts: number) => (parts * rows) % threads === 0 || parts * rows > 6 * threads
  for (let parts = 1; parts <= Math.min(batchBlocks, threads); parts++) {
    if (batchBlocks % parts === 0 && isEven(parts)) return parts
  }
  return 1
}

/** [N / B][H][W][C][B of N] */
function batchInnermost(lowering: BlockedLowering, { name, shape, isPlain }: Image): string {
  const { graph, block } = lowering
  const whole = wholeBatch(graph, name, shape, block)
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const blocks = roundUp(batch, block) / block
  const area = height * width
  if (isPlain) {
    const last = channels === 1 ? whole : transpose(graph, whole, [0, 2, 3, 1])
    return blockedNode(graph, 'ReorderInput', [reshape(graph, last, [blocks, block, area * channels, 1])])
  }
  const channelBlocks = channels / block
  const turned = blockedNode(graph, 'ReorderInput', [
    reshape(graph, whole, [blocks, block, channelBlocks * area, block]),
  ])
  if (channelBlocks === 1) return turned
  return transpose(graph, reshape(graph, turned, [blocks, channelBlocks, area, block * block]), [0, 2, 1, 3])
}

/** [parts][O / B][N / B / parts][OH][OW][B of N][B of O] */
function gradientAsFilter(lowering: BlockedLowering, dy: string, shape: readonly number[], parts: number): string {
  const { graph, block } = lowering
  const [batch = 1, filters = 1, height = 1, width = 1] = shape
  const blocks = roundUp(batch, block) / block
  const filterBlocks = filters / block
  const area = height * width
  const whole = wholeBatch(graph, dy, shape, block)
  const turned = blockedNode(graph, 'ReorderInput', [
    reshape(graph, whole, [blocks, block, filterBlocks * area, block]),
  ])
  const tiles = blockedNode(graph, 'ReorderInput', [
    reshape(graph, turned, [blocks * filterBlocks * area, block, 1, block]),
  ])
  const perPart = blocks / parts
  const ordered =
    filterBlocks === 1 || perPart === 1
      ? tiles
      : transpose(graph, reshape(graph, tiles, [parts, perPart, filterBlocks, area * block * block]), [0, 2, 1, 3])
  return reshape(graph, ordered, [parts * filters, perPart * block, height, width])
}

function inFilterOrder(
  { graph, block }: BlockedLowering,
  taken: string,
  filters: number,
  { shape: [, channels = 1], isPlain }: Image,
  kernel: Pair,
): string {
  const area = kernel[0] * kernel[1]
  const blocks = filters / block
  const ordered = isPlain
    ? transpose(graph, reshape(graph, taken, [blocks, area, channels, block]), [0, 2, 1, 3])
    : channels === block
      ? taken
      : transpose(graph, reshape(graph, taken, [blocks, area, channels / block, block * block]), [0, 2, 1, 3])
  return reshape(graph, ordered, [filters, channels, ...kernel])
}
