/** Normalisations and their gradients, with channels last: statistics of a channel broadcast by themselves. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import type { LocalResponseAttributes } from '../../../../experiments/ops/local-response.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelTable } from '../kernel.ts'
import type { Tf } from '../tf.ts'

const overImages = [0, 1, 2]

function deviationOf(tf: Tf, variance: Tensor, epsilon: unknown): Tensor {
  return tf.sqrt(tf.add(variance, tf.scalar(Number(epsilon))))
}

const batchNormalization: Kernel = ({ tf, inputs, attributes }) => {
  const x = inputAt(inputs, 0).last
  const scale = inputAt(inputs, 1).first
  const shift = inputAt(inputs, 2).first
  const mean = tf.mean(x, overImages)
  const centred = tf.sub(x, mean)
  const variance = tf.mean(tf.square(centred), overImages)
  const factor = tf.div(scale, deviationOf(tf, variance, attributes['epsilon']))
  const y = tf.add(tf.mul(centred, factor), shift)
  return [ImageTensor.ofLast(tf, y), ImageTensor.of(tf, mean), ImageTensor.of(tf, variance)]
}

const batchNormalizationInference: Kernel = ({ tf, inputs, attributes }) => {
  const x = inputAt(inputs, 0).last
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => inputAt(inputs, i).first) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]
  const factor = tf.div(scale, deviationOf(tf, variance, attributes['epsilon']))
  return [ImageTensor.ofLast(tf, tf.add(tf.mul(tf.sub(x, mean), factor), shift))]
}

const batchNormalizationGradient: Kernel = ({ tf, inputs, attributes }) => {
  const dy = inputAt(inputs, 0).last
  const x = inputAt(inputs, 1).last
  const [scale, mean, variance] = [2, 3, 4].map((i) => inputAt(inputs, i).first) as [Tensor, Tensor, Tensor]
  const deviation = deviationOf(tf, variance, attributes['epsilon'])
  const normalized = tf.div(tf.sub(x, mean), deviation)
  const count = tf.scalar(x.size / scale.size)
  const dShift = tf.sum(dy, overImages)
  const dScale = tf.sum(tf.mul(dy, normalized), overImages)
  const common = tf.div(tf.add(dShift, tf.mul(normalized, dScale)), count)
  const dx = tf.mul(tf.sub(dy, common), tf.div(scale, deviation))
  return [ImageTensor.ofLast(tf, dx), ImageTensor.of(tf, dScale), ImageTensor.of(tf, dShift)]
}

/** For each channel the sum over `size` channels around it; an even size reaches one further up, `mirrored` one further down. */
function channelSums(tf: Tf, x: Tensor, size: number, mirrored: boolean): Tensor {
  const shorter = Math.floor((size - 1) / 2)
  const [before, after] = mirrored ? [size - 1 - shorter, shorter] : [shorter, size - 1 - shorter]
  const padded = tf.pad(x, [[0, 0], [0, 0], [0, 0], [before, after]]) // prettier-ignore
  const parts = Array.from({ length: size }, (_, shift) => tf.slice(padded, [0, 0, 0, shift], [...x.shape]))
  return parts.reduce((sum, part) => tf.add(sum, part))
}

function localSums(tf: Tf, x: Tensor, { size, alpha, bias }: LocalResponseAttributes): Tensor {
  const squares = channelSums(tf, tf.square(x), size, false)
  return tf.add(tf.mul(squares, tf.scalar(alpha / size)), tf.scalar(bias))
}

const localResponseNormalization: Kernel = ({ tf, inputs, attributes }) => {
  const settings = attributes as unknown as LocalResponseAttributes
  const x = inputAt(inputs, 0).last
  const power = tf.pow(localSums(tf, x, settings), tf.scalar(-settings.beta))
  return [ImageTensor.ofLast(tf, tf.mul(x, power))]
}

const localResponseNormalizationGradient: Kernel = ({ tf, inputs, attributes }) => {
  const settings = attributes as unknown as LocalResponseAttributes
  const { size, alpha, beta } = settings
  const [dy, x, y] = [0, 1, 2].map((i) => inputAt(inputs, i).last) as [Tensor, Tensor, Tensor]
  const sums = localSums(tf, x, settings)
  const shares = channelSums(tf, tf.div(tf.mul(dy, y), sums), size, true)
  const direct = tf.mul(dy, tf.pow(sums, tf.scalar(-beta)))
  const others = tf.mul(tf.mul(x, shares), tf.scalar((2 * alpha * beta) / size))
  return [ImageTensor.ofLast(tf, tf.sub(direct, others))]
}

export const normalizationKernels: KernelTable = {
  batchNormalization,
  batchNormalizationInference,
  batchNormalizationGradient,
  localResponseNormalization,
  localResponseNormalizationGradient,
}
