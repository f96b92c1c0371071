/**
 * Convolution as ONNX nodes. onnxruntime 1.30 computes three kinds wrongly on WebGPU, where channels are read in vectors of the wrong size
 * (main/engines/onnx/webgpu/webgpu-convolution.test.ts finds them; remove what it no longer needs). There, zeros fill the channels up:
 *   - one group, input channels divisible by 3 but not by 4, and more than 3: channels of x and of the filter go up to a multiple of 4;
 *   - several groups with more than 4 outputs each, where all outputs together are a multiple of 4 (or 2) but those of a group are not: the
 *     filters of each group go up to a multiple of 4.
 *   - transposed, in several groups that make one channel each of an even number of channels: each group makes a second channel.
 */
import type { Pair } from './attributes.ts'
import type { ConvolutionAttributes } from './convolution.ts'
import { spatialSize } from './convolution.ts'
import { ints, type OnnxAttribute, type OnnxGraphBuilder } from './onnx-lowering.ts'
import { elementCount } from './tensor-type.ts'
import { onnxPads } from './window.ts'

/** What a convolution works on: names, and the sizes that the names do not tell. */
export interface OnnxConvolution {
  readonly x: string
  readonly filter: string
  readonly bias?: string | undefined
  /** Of x, channels of all groups together. */
  readonly channels: number
  /** [outputs, channels of a group, height, width] */
  readonly filterShape: readonly number[]
  /** Of the result. */
  readonly outputSize: Pair
}

export function onnxConvolution(
  l: OnnxGraphBuilder,
  convolution: OnnxConvolution,
  attributes: ConvolutionAttributes,
): string {
  if (l.target.provider === 'webgpu') {
    if (misreadsInputs(convolution, attributes)) return withFilledInputs(l, convolution, attributes)
    if (misreadsOutputs(convolution, attributes)) return withFilledOutputs(l, convolution, attributes)
  }
  return convolutionNode(l, convolution, attributes)
}

function convolutionNode(
  l: OnnxGraphBuilder,
  { x, filter, bias, filterShape }: OnnxConvolution,
  { strides, dilations, padding, groups }: ConvolutionAttributes,
): string {
  return l.node('Conv', bias === undefined ? [x, filter] : [x, filter, bias], {
    kernel_shape: ints(spatialSize({ dtype: 'float32', shape: filterShape })),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(onnxPads(padding)),
    group: groups,
  })
}

function misreadsInputs({ channels }: OnnxConvolution, { groups }: ConvolutionAttributes): boolean {
  return groups === 1 && channels > 3 && channels % 3 === 0 && channels % 4 !== 0
}

function withFilledInputs(
  l: OnnxGraphBuilder,
  convolution: OnnxConvolution,
  attributes: ConvolutionAttributes,
): string {
  const { x, filter, channels, filterShape } = convolution
  const missing = upToFour(channels)
  const fill = (name: string) => l.node('Pad', [name, l.integers([0, 0, 0, 0, 0, missing, 0, 0])])
  const [outputs = 1, , ...kernel] = filterShape
  return convolutionNode(
    l,
    {
      ...convolution,
      x: fill(x),
      filter: fill(filter),
      channels: channels + missing,
      filterShape: [outputs, channels + missing, ...kernel],
    },
    attributes,
  )
}

function misreadsOutputs({ filterShape }: OnnxConvolution, { groups }: ConvolutionAttributes): boolean {
  const [outputs = 1] = filterShape
  const each = outputs / groups
  const written = outputs % 4 === 0 ? 4 : outputs % 2 === 0 ? 2 : 1
  return groups > 1 && each > 4 && each % written !== 0
}

function withFilledOutputs(
  l: OnnxGraphBuilder,
  { x, filter, bias, channels, filterShape, outputSize }: OnnxConvolution,
  attributes: ConvolutionAttributes,
): string {
  const { groups } = attributes
  const [outputs = 1, ...one] = filterShape
  const each = outputs / groups
  const filled = each + upToFour(each)
  const values = elementCount(one)
  /** [groups x each, ...] to [groups x filled, ...]; an element of the first axis holds `size` values. */
  const fill = (name: string, size: number, shape: readonly number[]) => {
    const split = l.node('Reshape', [name, l.integers([groups, each, size])])
    const padded = l.node('Pad', [split, l.integers([0, 0, 0, 0, filled - each, 0])])
    return l.node('Reshape', [padded, l.integers(shape)])
  }
  const wide = convolutionNode(
    l,
    {
      ...{ x, channels, outputSize },
      filter: fill(filter, values, [groups * filled, ...one]),
      bias: bias === undefined ? undefined : fill(bias, 1, [groups * filled]),
      filterShape: [groups * filled, ...one],
    },
    attributes,
  )
  const split = l.node('Reshape', [wide, l.integers([-1, groups, filled, elementCount(outputSize)])])
  const kept = l.node('Slice', [split, l.integers([0]), l.integers([each]), l.integers([2])])
  return l.node('Reshape', [kept, l.integers([-1, outputs, ...outputSize])])
}

export interface OnnxTransposedConvolution {
  readonly dy: string
  readonly filter: string
  /** [channels of dy, channels to make of a group, height, width] */
  readonly filterShape: readonly number[]
  /** Of the result. */
  readonly outputSize: Pair
  readonly groups: number
}

export function onnxTransposedConvolution(
  l: OnnxGraphBuilder,
  { dy, filter, filterShape, outputSize, groups }: OnnxTransposedConvolution,
  attributes: Readonly<Record<string, OnnxAttribute>>,
): string {
  const [channels = 1, made = 1] = filterShape
  const isMisread = groups > 1 && made === 1 && (channels / groups) % 2 === 0
  if (l.target.provider !== 'webgpu' || !isMisread) return l.node('ConvTranspose', [dy, filter], attributes)
  const filled = l.node('Pad', [filter, l.integers([0, 0, 0, 0, 0, 1, 0, 0])])
  const wide = l.node('ConvTranspose', [dy, filled], attributes)
  const split = l.node('Reshape', [wide, l.integers([-1, groups, 2, elementCount(outputSize)])])
  const kept = l.node('Slice', [split, l.integers([0]), l.integers([1]), l.integers([2])])
  return l.node('Reshape', [kept, l.integers([-1, groups, ...outputSize])])
}

function upToFour(count: number): number {
  return (4 - (count % 4)) % 4
}
