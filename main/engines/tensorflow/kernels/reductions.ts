/** Kernels that sum, or choose, over axes; matrix product; the loss on class scores. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelTable } from '../kernel.ts'
import type { Tf } from '../tf.ts'
import { lastOrder } from './shape.ts'

function reduction(compute: (tf: Tf, x: Tensor, axes: number[]) => Tensor): Kernel {
  return ({ tf, inputs, outputTypes, attributes }) => {
    const x = inputAt(inputs, 0)
    const axes = attributes['axes'] as readonly number[]
    const { shape } = inputAt(outputTypes, 0)
    // What is left has at most its channels, whose order among the axes is then no question.
    if (x.isLast && axes.length >= 3) {
      const moved = axes.map((axis) => lastOrder([0, 1, 2, 3]).indexOf(axis))
      return [ImageTensor.of(tf, tf.reshape(compute(tf, x.last, moved), [...shape]))]
    }
    return [ImageTensor.of(tf, tf.reshape(compute(tf, x.first, [...axes]), [...shape]))]
  }
}

const matmul: Kernel = ({ tf, inputs, attributes }) => {
  const [a, b] = [inputAt(inputs, 0).first, inputAt(inputs, 1).first]
  const { transposeA, transposeB } = attributes
  return [ImageTensor.of(tf, tf.matMul(a, b, transposeA === true, transposeB === true))]
}

const softmaxCrossEntropy: Kernel = ({ tf, inputs, attributes }) => {
  const logits = inputAt(inputs, 0).first
  const labels = inputAt(inputs, 1).first
  const smoothing = Number(attributes['smoothing'])
  const classes = logits.shape[1] ?? 1
  const chosen = tf.oneHot(labels, classes, 1 - smoothing + smoothing / classes, smoothing / classes, 'float32')
  const shifted = tf.sub(logits, tf.max(logits, 1, true))
  const exponentials = tf.exp(shifted)
  const sums = tf.sum(exponentials, 1, true)
  const losses = tf.sub(tf.reshape(tf.log(sums), [-1]), tf.sum(tf.mul(chosen, shifted), 1))
  const derivative = tf.sub(tf.div(exponentials, sums), chosen)
  return [ImageTensor.of(tf, losses), ImageTensor.of(tf, derivative)]
}

/** TensorFlow's softmax is along the last axis. */
const softmax: Kernel = ({ tf, inputs, attributes }) => {
  const x = inputAt(inputs, 0).first
  const axis = Number(attributes['axis'])
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis)
  const moved = tf.softmax(tf.transpose(x, [...order, axis]))
  const back = x.shape.map((_, i) => [...order, axis].indexOf(i))
  return [ImageTensor.of(tf, tf.transpose(moved, back))]
}

export const reductionKernels: KernelTable = {
  reduceSum: reduction((tf, x, axes) => tf.sum(x, axes)),
  reduceSumSquare: reduction((tf, x, axes) => tf.sum(tf.square(x), axes)),
  reduceMean: reduction((tf, x, axes) => tf.mean(x, axes)),
  argmax: ({ tf, inputs }) => [ImageTensor.of(tf, tf.argMax(inputAt(inputs, 0).first, -1))],
  matmul,
  softmax,
  softmaxCrossEntropy,
}
