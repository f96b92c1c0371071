/** Resampling of images and its transposes as products with the matrices of resample.ts: Y = R X C^T. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { adaptiveMap, linearMap, type AxisMap } from '../../../../experiments/ops/resample.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelTable } from '../kernel.ts'
import type { Tf } from '../tf.ts'

type MakeMap = (size: number, count: number) => AxisMap

const nearestMap: MakeMap = (size, count) =>
  Array.from({ length: count }, (_, i) => [{ from: Math.floor((i * size) / count), weight: 1 }])

/** [count, size] */
function matrix(tf: Tf, map: AxisMap, size: number): Tensor {
  const values = new Float32Array(map.length * size)
  map.forEach((shares, i) => {
    for (const { from, weight } of shares) values[i * size + from] = weight
  })
  return tf.tensor(values, [map.length, size])
}

/** @param transposed takes an image of the resampled size back */
function resample(makeMap: MakeMap, transposed: boolean): Kernel {
  return ({ tf, inputs, outputTypes }) => {
    const x = inputAt(inputs, 0)
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape
    const [, , outputHeight = 1, outputWidth = 1] = inputAt(outputTypes, 0).shape
    const along = (from: number, to: number) =>
      transposed ? matrix(tf, makeMap(to, from), to) : matrix(tf, makeMap(from, to), from)
    const rows = along(height, outputHeight)
    const columns = along(width, outputWidth)
    const images = batch * channels
    const across = tf.matMul(tf.reshape(x.first, [images * height, width]), columns, false, !transposed)
    const turned = tf.transpose(tf.reshape(across, [images, height, outputWidth]), [0, 2, 1])
    const down = tf.matMul(tf.reshape(turned, [images * outputWidth, height]), rows, false, !transposed)
    const back = tf.transpose(tf.reshape(down, [images, outputWidth, outputHeight]), [0, 2, 1])
    return [ImageTensor.of(tf, tf.reshape(back, [batch, channels, outputHeight, outputWidth]))]
  }
}

const bilinear: MakeMap = (size, count) => linearMap(size, count / size)

export const resamplingKernels: KernelTable = {
  upsampleNearest2d: resample(nearestMap, false),
  upsampleBilinear2d: resample(bilinear, false),
  upsampleBilinear2dGradient: resample(bilinear, true),
  adaptiveAveragePool2d: resample(adaptiveMap, false),
  adaptiveAveragePool2dGradient: resample(adaptiveMap, true),
}
