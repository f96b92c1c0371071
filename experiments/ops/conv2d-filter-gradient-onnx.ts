/**
 * ONNX has no filter gradient, so it is written as matrix products: dy [filters, positions] of each image times the elements that the
 * filter positions meet [channels, positions], transposed, then summed over images. The forms differ in how these elements are
 * gathered, and none is best for every shape. In ms on one thread / two threads (main/engines/onnx/filter-gradient.bench.ts):
 *
 *   x              filters  kernel      joined        apart       by row     by image
 *   128x1x28x28          6     5x5   3.0 / 1.5    9.2 / 5.5    2.3 / 1.7    2.6 / 1.2
 *   128x6x14x14         16     5x5   3.2 / 2.4    3.6 / 3.4    1.5 / 1.6    2.8 / 1.1
 *   32x8x24x24          16     5x5   4.6 / 3.4    4.2 / 3.5    2.8 / 2.1         2.1
 *   64x3x32x32          64     7x7        15.5         63.7         44.8         44.7
 *   64x16x32x32         16     3x3  13.1 / 8.3    7.7 / 5.4   10.1 / 6.2   20.0 / 27
 *   64x64x8x8           64     3x3   7.7          5.5          5.8         13.2
 *   32x64x16x16        128     3x3  18.4         19.4         19.1         32.2
 *   32x3x32x32          64     3x3   2.5 / 1.2    8.1 / 9.4    3.1 / 3.3    4.4 / 8.2
 */
import { convolutionWindow, spatialSize } from './convolution.ts'
import type { FilterGradientAttributes } from './conv2d-filter-gradient.ts'
import { inputAt } from './expect-type.ts'
import { ints, type OnnxLowering } from './onnx-lowering.ts'
import { onnxReduce } from './onnx-reduce.ts'
import { onnxPads, windowOutputSize } from './window.ts'
import { shiftedWindows } from './window-onnx.ts'

type Lowering = OnnxLowering<FilterGradientAttributes>

interface Sizes {
  readonly batch: number
  readonly groups: number
  /** Channels and filters of one group. */
  readonly channels: number
  readonly outputs: number
  readonly positions: number
  readonly taps: number
}

export type FilterGradientForm = 'depthwise' | 'joined' | 'apart' | 'by-row' | 'by-image'

/** @param form for measuring; by default the one that suits shape and provider */
export function lowerFilterGradient(l: Lowering, form?: FilterGradientForm): string {
  const sizes = filterGradientSizes(l)
  switch (form ?? chooseForm(l, sizes)) {
    case 'depthwise':
      return depthwise(l, sizes)
    case 'joined':
      return joinedProducts(l, sizes)
    case 'apart':
      return productsApart(l, sizes)
    case 'by-row':
      return productsByRow(l, sizes)
    case 'by-image':
      return convolutionsByImage(l, sizes)
  }
}

function chooseForm(l: Lowering, { channels, outputs, groups, taps }: Sizes): FilterGradientForm {
  if (channels === 1 && outputs === 1 && groups > 1) return 'depthwise'
  if (taps === 1 || l.target.provider !== 'cpu') return 'joined'
  if (taps >= 16 && channels <= 6 && outputs <= 16 && groups === 1) return 'by-image'
  const [rows, columns] = l.attributes.kernel
  const isLarge = rows >= 4 && columns >= 4
  if (isLarge && channels <= 16 && outputs <= 32 && l.attributes.strides[0] === 1) return 'by-row'
  return channels <= 4 ? 'joined' : 'apart'
}

function filterGradientSizes(l: Lowering): Sizes {
  const x = inputAt(l.inputTypes, 0)
  const dy = inputAt(l.inputTypes, 1)
  const { groups, kernel } = l.attributes
  const output = spatialSize(dy)
  return {
    batch: x.shape[0] ?? 1,
    groups,
    channels: (x.shape[1] ?? 1) / groups,
    outputs: (dy.shape[1] ?? 1) / groups,
    positions: output[0] * output[1],
    taps: kernel[0] * kernel[1],
  }
}

/** One filter per channel: each filter element is the sum of a shifted product, no matrix product is left. */
function depthwise(l: Lowering, { groups }: Sizes): string {
  const dy = inputAt(l.inputs, 1)
  const sums = shiftedImages(l).map((shifted) =>
    onnxReduce(l, 'ReduceSum', l.node('Mul', [shifted, dy]), [0, 2, 3], false),
  )
  const columns = sums.map((sum) => l.node('Reshape', [sum, l.integers([groups, 1, 1])]))
  const joined = concatenate(l, columns, 2)
  return l.node('Reshape', [joined, l.integers([groups, 1, ...l.attributes.kernel])])
}

/** All positions side by side in one tensor: one matrix product per image and group. */
function joinedProducts(l: Lowering, { batch, groups, channels, outputs, positions, taps }: Sizes): string {
  const patches = shiftedImages(l).map((shifted) =>
    l.node('Reshape', [shifted, l.integers([batch, groups, channels, positions])]),
  )
  const dy = l.node('Reshape', [inputAt(l.inputs, 1), l.integers([batch, groups, outputs, positions])])
  const sum = sumOfProducts(l, dy, concatenate(l, patches, 2))
  return arrange(l, sum, [groups * outputs, taps, channels], [0, 2, 1])
}

/** One matrix product per filter position: nothing is copied twice. */
function productsApart(l: Lowering, { batch, groups, channels, outputs, positions, taps }: Sizes): string {
  const dy = l.node('Reshape', [inputAt(l.inputs, 1), l.integers([batch, groups, outputs, positions])])
  const sums = shiftedImages(l).map((shifted) =>
    sumOfProducts(l, dy, l.node('Reshape', [shifted, l.integers([batch, groups, channels, positions])])),
  )
  return arrange(l, concatenate(l, sums, 0), [taps, groups * outputs, channels], [1, 2, 0])
}

/**
 * One matrix product per row of the filter. Columns are gathered first, for all image rows; what a filter row meets is then one run of
 * memory in each channel. Needs stride 1 from row to row.
 */
function productsByRow(l: Lowering, { batch, groups, channels, outputs, positions }: Sizes): string {
  const { kernel, strides, dilations, padding } = l.attributes
  const [height] = spatialSize(inputAt(l.inputTypes, 0))
  const paddedHeight = height + padding[0] + padding[2]
  const columns = spatialSize(inputAt(l.inputTypes, 1))[1]
  const rowKernel = { kernel: [1, kernel[1]], strides: [1, strides[1]], dilations: [1, dilations[1]], padding } as const
  const gathered = shiftedWindows(l, inputAt(l.inputs, 0), rowKernel, [paddedHeight, columns]).map((shifted) =>
    l.node('Reshape', [shifted, l.integers([batch, groups, channels, paddedHeight * columns])]),
  )
  const wide = concatenate(l, gathered, 2)
  const dy = l.node('Reshape', [inputAt(l.inputs, 1), l.integers([batch, groups, outputs, positions])])
  const sums = Array.from({ length: kernel[0] }, (_, u) => {
    const start = u * dilations[0] * columns
    const run = l.node('Slice', [wide, l.integers([start]), l.integers([start + positions]), l.integers([3])])
    return sumOfProducts(l, dy, run)
  })
  return arrange(l, concatenate(l, sums, 0), [kernel[0], groups * outputs, kernel[1], channels], [1, 3, 0, 2])
}

/**
 * A convolution in as many groups as there are images: the channels of x become the batch, dy of each image its own filter, as large as the
 * output. What was a stride is a dilation here, and the other way round. Only for convolutions that are not grouped themselves.
 */
function convolutionsByImage(l: Lowering, { batch, channels, outputs, taps }: Sizes): string {
  const { kernel, strides, dilations, padding } = l.attributes
  const [x = '', dy = ''] = l.inputs
  const image = spatialSize(inputAt(l.inputTypes, 0))
  const output = spatialSize(inputAt(l.inputTypes, 1))
  const swapped = l.node('Transpose', [x], { perm: ints([1, 0, 2, 3]) })
  const filters = l.node('Reshape', [dy, l.integers([batch * outputs, 1, ...output])])
  const products = l.node('Conv', [swapped, filters], {
    kernel_shape: ints(output),
    strides: ints(dilations),
    dilations: ints(strides),
    pads: ints(onnxPads(padding)),
    group: batch,
  })
  const window = { kernel: output, strides: dilations, dilations: strides, padding }
  const made = windowOutputSize(image, window, 'the filter gradient')
  // Rows and columns beyond the kernel stand for image rows that no window reached.
  const exact = made[0] === kernel[0] && made[1] === kernel[1]
  const cut = () => l.node('Slice', [products, l.integers([0, 0]), l.integers(kernel), l.integers([2, 3])])
  const split = l.node('Reshape', [exact ? products : cut(), l.integers([channels, batch, outputs, taps])])
  const sums = onnxReduce(l, 'ReduceSum', split, [1], false)
  return arrange(l, sums, [channels, outputs, taps], [1, 0, 2])
}

/** Products A B^T of each image and group, summed over images. */
function sumOfProducts(l: Lowering, a: string, b: string): string {
  return onnxReduce(l, 'ReduceSum', productTransposed(l, a, b), [0], false)
}

/** Brings sums of `shape` into the order [filters, channels, kernel height, kernel width]. */
function arrange(l: Lowering, sums: string, shape: readonly number[], permutation: readonly number[]): string {
  const x = inputAt(l.outputTypes, 0).shape
  const split = l.node('Reshape', [sums, l.integers(shape)])
  return l.node('Reshape', [l.node('Transpose', [split], { perm: ints(permutation) }), l.integers(x)])
}

/** A B^T over the last two axes. */
function productTransposed(l: Lowering, a: string, b: string): string {
  if (l.target.contribOps) return l.node('FusedMatMul', [a, b], { transA: 0, transB: 1 }, { domain: 'com.microsoft' })
  return l.node('MatMul', [a, l.node('Transpose', [b], { perm: ints([0, 1, 3, 2]) })])
}

/** For each filter position (u, v), the elements of x that it meets, one per output position. */
function shiftedImages(l: Lowering): readonly string[] {
  const window = convolutionWindow(l.attributes.kernel, l.attributes)
  return shiftedWindows(l, inputAt(l.inputs, 0), window, spatialSize(inputAt(l.inputTypes, 1)))
}

function concatenate(l: Lowering, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? inputAt(parts, 0) : l.node('Concat', parts, { axis })
}
