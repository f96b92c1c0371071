/** Poolings and their gradients by TensorFlow's kernels; padding is written out. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { Pair } from '../../../../experiments/ops/attributes.ts'
import { windowCounts } from '../../../../experiments/ops/average-pool2d-gradient.ts'
import { spatialSize } from '../../../../experiments/ops/convolution.ts'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import {
  poolingWindow,
  type AveragePoolingAttributes,
  type PoolingAttributes,
} from '../../../../experiments/ops/pooling.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelCall, KernelTable } from '../kernel.ts'
import { runKernel, type Tf } from '../tf.ts'
import { cutImage, padImage, paddedSize } from './convolutions.ts'

/** Padding never wins. */
const lowest = -3.4028234663852886e38

function settingsOf({ kernel, strides }: PoolingAttributes) {
  return { filterSize: [...kernel], strides: [...strides], pad: 'valid' }
}

const maxPool2d: Kernel = ({ tf, inputs, attributes }) => {
  const pooling = attributes as unknown as PoolingAttributes
  const x = padImage(tf, inputAt(inputs, 0).last, pooling.padding, lowest)
  return [ImageTensor.ofLast(tf, runKernel(tf, 'MaxPool', { x }, settingsOf(pooling)))]
}

const maxPool2dGradient: Kernel = ({ tf, inputs, outputTypes, attributes }) => {
  const pooling = attributes as unknown as PoolingAttributes
  const input = padImage(tf, inputAt(inputs, 0).last, pooling.padding, lowest)
  const output = inputAt(inputs, 1).last
  const dy = inputAt(inputs, 2).last
  const dx = runKernel(tf, 'MaxPoolGrad', { dy, input, output }, settingsOf(pooling))
  return [ImageTensor.ofLast(tf, cutImage(tf, dx, pooling.padding, spatialSize(inputAt(outputTypes, 0))))]
}

/** What the mean over a whole window is multiplied by, where elements outside of the image do not count. */
function corrections(tf: Tf, pooling: AveragePoolingAttributes, image: Pair, output: Pair): Tensor | undefined {
  const { kernel, padding, countPadding } = pooling
  if (countPadding || padding.every((edge) => edge === 0)) return undefined
  const counts = windowCounts(poolingWindow(pooling), image, output, false)
  const factors = counts.map((count) => (kernel[0] * kernel[1]) / count)
  return tf.tensor(factors, [1, ...output, 1], 'float32')
}

const averagePool2d: Kernel = ({ tf, inputs, outputTypes, attributes }) => {
  const pooling = attributes as unknown as AveragePoolingAttributes
  const image = inputAt(inputs, 0)
  const x = padImage(tf, image.last, pooling.padding)
  const means = runKernel(tf, 'AvgPool', { x }, settingsOf(pooling))
  const size = spatialSize({ dtype: 'float32', shape: image.shape })
  const factors = corrections(tf, pooling, size, spatialSize(inputAt(outputTypes, 0)))
  return [ImageTensor.ofLast(tf, factors ? tf.mul(means, factors) : means)]
}

const averagePool2dGradient: Kernel = (call: KernelCall) => {
  const { tf, inputs, outputTypes, attributes } = call
  const pooling = attributes as unknown as AveragePoolingAttributes
  const upstream = inputAt(inputs, 0)
  const size = spatialSize(inputAt(outputTypes, 0))
  const factors = corrections(tf, pooling, size, spatialSize({ dtype: 'float32', shape: upstream.shape }))
  const dy = factors ? tf.mul(upstream.last, factors) : upstream.last
  const [batch = 1, channels = 1] = upstream.shape
  // The kernel looks at the sizes of its input only.
  const input: Tensor4D = tf.zeros([batch, ...paddedSize(size, pooling.padding), channels])
  const dx = runKernel(tf, 'AvgPoolGrad', { dy, input }, settingsOf(pooling))
  return [ImageTensor.ofLast(tf, cutImage(tf, dx, pooling.padding, size))]
}

export const poolingKernels: KernelTable = { maxPool2d, maxPool2dGradient, averagePool2d, averagePool2dGradient }
