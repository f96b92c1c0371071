/**
 * Gradient of a convolution by its input, as convolutions of dy with the filter turned by 180 degrees, filters and channels exchanged.
 * Stride 1 is one convolution. With stride 2, every second row and column of dx meets every second tap only: four small convolutions, whose
 * results are interleaved. With larger strides zeros are put between the elements of dy first.
 */
import type { Pair } from '../../../../../experiments/ops/attributes.ts'
import { spatialSize, type ConvolutionAttributes } from '../../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../../experiments/ops/expect-type.ts'
import { elementCount } from '../../../../../experiments/ops/tensor-type.ts'
import { axisPadding } from '../../../../../experiments/ops/window.ts'
import { blockedConv, blockedNode, reshape } from '../blocked-graph.ts'
import type { BlockedForm, BlockedLowering } from '../blocked-lowering.ts'
import { filterLayout } from '../filter-layout.ts'
import { cropImage, interleave, spreadZeros } from '../interleave.ts'

interface Case {
  readonly lowering: BlockedLowering
  readonly dy: string
  /** Sizes of dy and dx, padded. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly filter: string
  readonly kernel: Pair
  readonly attributes: ConvolutionAttributes
}

export const conv2dInputGradient: BlockedForm = (node, lowering) => {
  const attributes = node.attributes as unknown as ConvolutionAttributes
  const dy = inputAt(node.inputs, 0)
  const filter = inputAt(node.inputs, 1)
  const dx = inputAt(node.outputs, 0)
  const options = { attributes: node.attributes, block: lowering.block, isPlainImage: false }
  if (!filterLayout(dx, filter.type.shape, options)) return false
  const shapes = { from: lowering.shape(dy, 'image'), to: lowering.shape(dx, 'image') }
  const kernel = spatialSize(filter.type)
  const [rows, columns] = attributes.strides
  const lower = rows === 1 && columns === 1 ? direct : isHalved(attributes) ? byPhases : withZeros
  const isPossible = lower === byPhases || directPads(kernel, attributes, shapes.from, shapes.to) !== undefined
  if (!isPossible) return false
  const operands: Case = {
    lowering,
    dy: lowering.as(dy, 'image'),
    filter: lowering.as(filter, 'filter'),
    ...shapes,
    kernel,
    attributes,
  }
  if (lower === direct) lowering.defineFusing(dx, (fusion) => direct(operands, fusion))
  else lowering.define(dx, 'image', lower(operands))
  return true
}

function isHalved({ strides, dilations }: ConvolutionAttributes): boolean {
  return strides.every((stride) => stride === 2) && dilations.every((dilation) => dilation === 1)
}

/** Padding of the convolution over dy, with zeros between its elements: top, left, bottom, right. Undefined when some would be negative. */
function directPads(
  kernel: Pair,
  { strides, dilations, padding }: ConvolutionAttributes,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  const edges = ([0, 1] as const).map((axis) => {
    const reach = dilations[axis] * (kernel[axis] - 1)
    const before = reach - axisPadding(padding, axis)[0]
    const spread = (from[axis + 2] ?? 1) * strides[axis]
    return [before, (to[axis + 2] ?? 1) - spread - before + reach] as const
  })
  const pads = [...edges.map(([before]) => before), ...edges.map(([, after]) => after)]
  return pads.every((edge) => edge >= 0) ? pads : undefined
}

function direct({ lowering, dy, filter, from, to, kernel, attributes }: Case, fusion = {}): string {
  const taps = Array.from({ length: elementCount(kernel) }, (_, i) => elementCount(kernel) - 1 - i)
  return blockedConv(lowering.graph, {
    x: dy,
    filter: exchanged(lowering, filter, [from[1] ?? 1, to[1] ?? 1], kernel, taps, kernel),
    kernel,
    dilations: attributes.dilations,
    pads: directPads(kernel, attributes, from, to) ?? [],
    ...fusion,
  })
}

function withZeros(operands: Case): string {
  const { lowering, dy, from, attributes } = operands
  const [batch = 1, channels = 1, height = 1, width = 1] = from
  const [rows, columns] = attributes.strides
  const spread = [batch, channels, height * rows, width * columns]
  const zeros = spreadZeros(lowering, dy, from, attributes.strides)
  return direct({ ...operands, dy: zeros, from: spread, attributes: { ...attributes, strides: [1, 1] } })
}

/**
 * Along one axis, dx at q = 2 j + r takes the taps u with the parity of r + padding, from dy at i = j + (r + padding - u) / 2.
 */
function byPhases(operands: Case): string {
  const { lowering, dy, filter, from, to, kernel, attributes } = operands
  const [, channels = 1, height = 1, width = 1] = to
  const half = [Math.ceil(height / 2), Math.ceil(width / 2)] as const
  const axes = ([0, 1] as const).map((axis) => {
    const before = axisPadding(attributes.padding, axis)[0]
    return [0, 1].map((phase) => phaseOf(phase, before, kernel[axis], from[axis + 2] ?? 1, half[axis]))
  })
  const phases = (axes[0] ?? []).map((row) =>
    (axes[1] ?? []).map((column) => {
      if (row.taps.length === 0 || column.taps.length === 0) return undefined
      const taps = row.taps.flatMap((u) => column.taps.map((v) => u * kernel[1] + v))
      const size = [row.taps.length, column.taps.length] as const
      const x = cropImage(lowering, dy, from, [row.read, column.read])
      return blockedConv(lowering.graph, {
        x,
        filter: exchanged(lowering, filter, [from[1] ?? 1, channels], kernel, taps, size),
        kernel: size,
        pads: [row.before, column.before, row.after, column.after],
      })
    }),
  )
  return interleave(lowering, phases, to, half)
}

interface Phase {
  /** In the order of the convolution: the last of the filter first. */
  readonly taps: readonly number[]
  readonly before: number
  readonly after: number
  /** How many elements of dy are read; those behind would need negative padding. */
  readonly read: number
}

function phaseOf(phase: number, padding: number, kernel: number, size: number, wanted: number): Phase {
  const first = (phase + padding) % 2
  const taps = []
  for (let tap = first; tap < kernel; tap += 2) taps.unshift(tap)
  const before = taps.length - 1 - (phase + padding - first) / 2
  const after = wanted - size - before + taps.length - 1
  return { taps, before, after: Math.max(after, 0), read: size + Math.min(after, 0) }
}

/** The taps of a blocked [O, C, ...] filter, in the given order, as a blocked [C, O, ...] one. */
function exchanged(
  { graph, block }: BlockedLowering,
  filter: string,
  [filters, channels]: Pair,
  kernel: Pair,
  taps: readonly number[],
  size: Pair,
): string {
  const area = elementCount(kernel)
  const [outer, inner] = [filters / block, channels / block]
  // As images of one row of B columns with B channels, reordering turns each tile over.
  const tiles = blockedNode(graph, 'ReorderInput', [reshape(graph, filter, [outer * inner * area, block, 1, block])])
  const order = Array.from({ length: inner * outer }, (_, i) => (i % outer) * inner + Math.floor(i / outer))
  const places = order.flatMap((tile) => taps.map((tap) => tile * area + tap))
  const isInOrder = places.length === outer * inner * area && places.every((place, i) => place === i)
  const flat = reshape(graph, tiles, [outer * inner * area, block * block])
  const taken = isInOrder ? flat : graph.node('Gather', [flat, graph.integers(places)], { axis: 0 })
  return reshape(graph, taken, [channels, filters, ...size])
}
