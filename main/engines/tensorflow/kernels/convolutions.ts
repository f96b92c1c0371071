/**
 * Convolution and its two transposes by TensorFlow's kernels for them. Those of the processor know neither dilated gradients nor grouped
 * ones, so dilation becomes zeros between the elements of the filter, groups are split and joined, and padding is written out. One filter
 * per channel has kernels of its own.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { Pair } from '../../../../experiments/ops/attributes.ts'
import type { ConvolutionAttributes } from '../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelCall, KernelTable } from '../kernel.ts'
import { runKernel, type Tf } from '../tf.ts'

type Edges = ConvolutionAttributes['padding']

function attributesOf({ attributes }: KernelCall): ConvolutionAttributes {
  return attributes as unknown as ConvolutionAttributes
}

const conv2d: Kernel = (call) => {
  const { tf, inputs } = call
  const attributes = attributesOf(call)
  const x = padImage(tf, inputAt(inputs, 0).last, attributes.padding)
  const filter = spread(tf, toKernel(tf, inputAt(inputs, 1).first), attributes.dilations)
  const strides = pairOf(attributes.strides)
  const y = isDepthwise(filter, attributes)
    ? tf.depthwiseConv2d(x as Tensor4D, depthwiseFilter(tf, filter, attributes.groups), strides, 'valid')
    : joinGroups(tf, attributes.groups, [x], [filter], (part, kernel) =>
        tf.conv2d(part as Tensor4D, kernel as Tensor4D, strides, 'valid'),
      )
  const bias = inputs[2]
  return [ImageTensor.ofLast(tf, bias ? tf.add(y, bias.first) : y)]
}

const conv2dInputGradient: Kernel = (call) => {
  const { tf, inputs, outputTypes } = call
  const attributes = attributesOf(call)
  const dy = inputAt(inputs, 0).last
  const filter = spread(tf, toKernel(tf, inputAt(inputs, 1).first), attributes.dilations)
  const [batch = 1, channels = 1, ...size] = inputAt(outputTypes, 0).shape
  const padded = paddedSize(size as unknown as Pair, attributes.padding)
  const settings = { strides: pairOf(attributes.strides), pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] }
  const dx = isDepthwise(filter, attributes)
    ? runKernel(
        tf,
        'DepthwiseConv2dNativeBackpropInput',
        { dy, filter: depthwiseFilter(tf, filter, attributes.groups) },
        { ...settings, inputShape: [batch, ...padded, channels] },
      )
    : joinGroups(tf, attributes.groups, [dy], [filter], (part, kernel) =>
        runKernel(
          tf,
          'Conv2DBackpropInput',
          { dy: part, filter: kernel },
          { ...settings, inputShape: [batch, ...padded, channels / attributes.groups] },
        ),
      )
  return [ImageTensor.ofLast(tf, cutImage(tf, dx, attributes.padding, size as unknown as Pair))]
}

const conv2dFilterGradient: Kernel = (call) => {
  const { tf, inputs, outputTypes } = call
  const attributes = attributesOf(call)
  const { groups, dilations, strides } = attributes
  const x = padImage(tf, inputAt(inputs, 0).last, attributes.padding)
  const dy = inputAt(inputs, 1).last
  const [outputs = 1, channels = 1, ...kernel] = inputAt(outputTypes, 0).shape
  const wide = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1)
  const settings = { strides: pairOf(strides), pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] }
  const depthwise = channels === 1 && groups > 1 && strides[0] === strides[1]
  const gradient = depthwise
    ? fromDepthwise(
        tf,
        runKernel(
          tf,
          'DepthwiseConv2dNativeBackpropFilter',
          { x, dy },
          { ...settings, filterShape: [...wide, groups, outputs / groups] },
        ),
      )
    : tf.concat(
        zip(splitChannels(tf, x, groups), splitChannels(tf, dy, groups)).map(([part, upstream]) =>
          runKernel(
            tf,
            'Conv2DBackpropFilter',
            { x: part, dy: upstream },
            { ...settings, filterShape: [...wide, channels, outputs / groups] },
          ),
        ),
        3,
      )
  const [down, across] = dilations
  const kept =
    down === 1 && across === 1
      ? gradient
      : tf.stridedSlice(gradient, [0, 0, 0, 0], [...gradient.shape], [down, across, 1, 1])
  return [ImageTensor.of(tf, tf.transpose(kept, [3, 2, 0, 1]))]
}

function pairOf([rows, columns]: Pair): [number, number] {
  return [rows, columns]
}

/** [outputs, channels, height, width] to [height, width, channels, outputs]. */
function toKernel(tf: Tf, filter: Tensor): Tensor {
  return tf.transpose(filter, [2, 3, 1, 0])
}

/** Puts dilation - 1 zeros between rows and columns of a kernel. */
function spread(tf: Tf, kernel: Tensor, [down, across]: Pair): Tensor {
  if (down === 1 && across === 1) return kernel
  const [rows = 1, columns = 1, channels = 1, outputs = 1] = kernel.shape
  const split = tf.reshape(kernel, [rows, 1, columns, channels * outputs])
  const tall = tf.reshape(tf.pad(split, [[0, 0], [0, down - 1], [0, 0], [0, 0]]), [rows * down, columns, 1, channels * outputs]) // prettier-ignore
  const wide = tf.pad(tall, [[0, 0], [0, 0], [0, across - 1], [0, 0]]) // prettier-ignore
  const joined = tf.reshape(wide, [rows * down, columns * across, channels, outputs])
  return tf.slice(joined, [0, 0, 0, 0], [(rows - 1) * down + 1, (columns - 1) * across + 1, channels, outputs])
}

/** The kernels for one filter per channel want equal strides. */
function isDepthwise({ shape }: Tensor, { groups, strides }: ConvolutionAttributes): boolean {
  return groups > 1 && shape[2] === 1 && strides[0] === strides[1]
}

/** [height, width, 1, groups x each] to [height, width, groups, each]. */
function depthwiseFilter(tf: Tf, kernel: Tensor, groups: number): Tensor4D {
  const [rows = 1, columns = 1, , outputs = 1] = kernel.shape
  return tf.reshape(kernel, [rows, columns, groups, outputs / groups])
}

function fromDepthwise(tf: Tf, kernel: Tensor): Tensor {
  const [rows = 1, columns = 1, groups = 1, each = 1] = kernel.shape
  return tf.reshape(kernel, [rows, columns, 1, groups * each])
}

/** Runs `convolve` for each group of channels and of filters, and puts the results side by side. */
function joinGroups(
  tf: Tf,
  groups: number,
  [x]: readonly [Tensor],
  [kernel]: readonly [Tensor],
  convolve: (x: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  if (groups === 1) return convolve(x, kernel)
  const parts = zip(splitChannels(tf, x, groups), splitChannels(tf, kernel, groups))
  return tf.concat(parts.map(([part, filter]) => convolve(part, filter)), 3) // prettier-ignore
}

function splitChannels(tf: Tf, tensor: Tensor, groups: number): readonly Tensor[] {
  return groups === 1 ? [tensor] : tf.split(tensor, groups, 3)
}

function zip(a: readonly Tensor[], b: readonly Tensor[]): readonly (readonly [Tensor, Tensor])[] {
  return a.map((left, i) => [left, inputAt(b, i)] as const)
}

/** @param value of what is outside of the image */
export function padImage(tf: Tf, x: Tensor, [top, right, bottom, left]: Edges, value = 0): Tensor {
  if (top + right + bottom + left === 0) return x
  const widths: [number, number][] = [[0, 0], [top, bottom], [left, right], [0, 0]] // prettier-ignore
  return tf.pad(x, widths, value)
}

export function paddedSize([height, width]: Pair, [top, right, bottom, left]: Edges): Pair {
  return [height + top + bottom, width + left + right]
}

/** The image out of its padding. */
export function cutImage(tf: Tf, x: Tensor, [top, right, bottom, left]: Edges, [height, width]: Pair): Tensor {
  if (top + right + bottom + left === 0) return x
  const [batch = 1, , , channels = 1] = x.shape
  return tf.slice(x, [0, top, left, 0], [batch, height, width, channels])
}

export const convolutionKernels: KernelTable = { conv2d, conv2dInputGradient, conv2dFilterGradient }
