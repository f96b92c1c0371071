/** Element-wise kernels. Channels stay last where they are, if all inputs are images of one size. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { sameShape } from '../../../../experiments/ops/tensor-type.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelTable } from '../kernel.ts'
import type { Tf } from '../tf.ts'

type Numbers = Readonly<Record<string, number>>
type Compute = (tf: Tf, values: readonly Tensor[], attributes: Numbers) => Tensor

function elementwise(compute: Compute): Kernel {
  return ({ tf, inputs, attributes }) => {
    const { shape } = inputAt(inputs, 0)
    const mayBeLast = shape.length === 4 && inputs.every((input) => sameShape(input.shape, shape))
    if (mayBeLast && inputs.some((input) => input.isLast)) {
      return [
        ImageTensor.ofLast(
          tf,
          compute(
            tf,
            inputs.map((input) => input.last),
            attributes as Numbers,
          ),
        ),
      ]
    }
    return [
      ImageTensor.of(
        tf,
        compute(
          tf,
          inputs.map((input) => input.first),
          attributes as Numbers,
        ),
      ),
    ]
  }
}

function unary(compute: (tf: Tf, x: Tensor, attributes: Numbers) => Tensor): Kernel {
  return elementwise((tf, values, attributes) => compute(tf, inputAt(values, 0), attributes))
}

function binary(compute: (tf: Tf, a: Tensor, b: Tensor, attributes: Numbers) => Tensor): Kernel {
  return elementwise((tf, values, attributes) => compute(tf, inputAt(values, 0), inputAt(values, 1), attributes))
}

/** `a` where x is positive, else `b`. */
function ifPositive(tf: Tf, x: Tensor, a: Tensor, b: Tensor): Tensor {
  return tf.where(tf.greater(x, tf.scalar(0)), a, b)
}

export const elementwiseKernels: KernelTable = {
  add: binary((tf, a, b) => tf.add(a, b)),
  subtract: binary((tf, a, b) => tf.sub(a, b)),
  multiply: binary((tf, a, b) => tf.mul(a, b)),
  divide: binary((tf, a, b) => tf.div(a, b)),
  equal: binary((tf, a, b) => tf.equal(a, b)),
  reluGradient: binary((tf, dy, y) => tf.mul(dy, tf.cast(tf.greater(y, tf.scalar(0)), 'float32'))),
  negate: unary((tf, x) => tf.neg(x)),
  relu: unary((tf, x) => tf.relu(x)),
  tanh: unary((tf, x) => tf.tanh(x)),
  sigmoid: unary((tf, x) => tf.sigmoid(x)),
  exp: unary((tf, x) => tf.exp(x)),
  log: unary((tf, x) => tf.log(x)),
  sqrt: unary((tf, x) => tf.sqrt(x)),
  toFloat: unary((tf, x) => tf.cast(x, 'float32')),
  leakyRelu: unary((tf, x, { slope = 0 }) => ifPositive(tf, x, x, tf.mul(x, tf.scalar(slope)))),
  prelu: binary((tf, x, slope) => ifPositive(tf, x, x, tf.mul(x, slope))),
  elu: unary((tf, x, { alpha = 1 }) => ifPositive(tf, x, x, tf.mul(tf.expm1(x), tf.scalar(alpha)))),
  erf: unary((tf, x) => tf.erf(x)),
  gelu: unary((tf, x) => {
    const share = tf.add(tf.erf(tf.mul(x, tf.scalar(Math.SQRT1_2))), tf.scalar(1))
    return tf.mul(tf.mul(x, share), tf.scalar(0.5))
  }),
  clip: unary((tf, x, { min = 0, max = 0 }) => tf.clipByValue(x, min, max)),
  dropout: binary((tf, x, random, { rate = 0 }) => {
    const kept = tf.cast(tf.greaterEqual(random, tf.scalar(rate)), 'float32')
    return tf.mul(x, tf.mul(kept, tf.scalar(1 / (1 - rate))))
  }),
  wherePositive: elementwise((tf, values) =>
    ifPositive(tf, inputAt(values, 0), inputAt(values, 1), inputAt(values, 2)),
  ),
}
