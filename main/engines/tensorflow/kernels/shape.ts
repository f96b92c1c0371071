/** Kernels that only move elements, and constants. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { inputAt } from '../../../../experiments/ops/expect-type.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import { ImageTensor } from '../image-tensor.ts'
import type { Kernel, KernelTable } from '../kernel.ts'

/** One entry per axis, for images with channels last. */
export function lastOrder<T>([images, channels, height, width]: readonly T[]): readonly T[] {
  return [images, height, width, channels] as readonly T[]
}

/** A kernel that treats all axes alike: images keep their form. */
function perAxis(
  compute: (x: Tensor, call: Parameters<Kernel>[0], order: <T>(axes: readonly T[]) => readonly T[]) => Tensor,
): Kernel {
  return (call) => {
    const x = inputAt(call.inputs, 0)
    if (x.isLast) return [ImageTensor.ofLast(call.tf, compute(x.last, call, lastOrder))]
    return [
      ImageTensor.of(
        call.tf,
        compute(x.first, call, (axes) => axes),
      ),
    ]
  }
}

export const shapeKernels: KernelTable = {
  reshape: ({ tf, inputs, outputTypes }) => [
    ImageTensor.of(tf, tf.reshape(inputAt(inputs, 0).first, [...inputAt(outputTypes, 0).shape])),
  ],
  transpose: ({ tf, inputs, attributes }) => [
    ImageTensor.of(tf, tf.transpose(inputAt(inputs, 0).first, [...(attributes['permutation'] as readonly number[])])),
  ],
  broadcastTo: ({ tf, inputs, outputTypes }) => [
    ImageTensor.of(tf, tf.broadcastTo(inputAt(inputs, 0).first, [...inputAt(outputTypes, 0).shape])),
  ],
  constant: ({ tf, outputTypes, attributes }) => {
    const { dtype, shape } = inputAt(outputTypes, 0)
    const values = attributes['values'] as readonly number[]
    const count = elementCount(shape)
    const all = Float32Array.from({ length: count }, (_, i) => (values.length === 1 ? values[0] : values[i]) ?? 0)
    return [ImageTensor.of(tf, tf.tensor(dtype === 'int32' ? Int32Array.from(all) : all, [...shape], dtype))]
  },
  concatenate: ({ tf, inputs, attributes }) => {
    const axis = Number(attributes['axis'])
    if (!inputs.some((input) => input.isLast))
      return [
        ImageTensor.of(
          tf,
          tf.concat(
            inputs.map((input) => input.first),
            axis,
          ),
        ),
      ]
    const moved = lastOrder([0, 1, 2, 3]).indexOf(axis)
    return [
      ImageTensor.ofLast(
        tf,
        tf.concat(
          inputs.map((input) => input.last),
          moved,
        ),
      ),
    ]
  },
  slice: perAxis((x, { tf, outputTypes, attributes }, order) => {
    const size = order(inputAt(outputTypes, 0).shape)
    return tf.slice(x, [...order(attributes['before'] as readonly number[])], [...size])
  }),
  pad: perAxis((x, { tf, attributes }, order) => {
    const before = order(attributes['before'] as readonly number[])
    const after = order(attributes['after'] as readonly number[])
    return tf.pad(
      x,
      before.map((count, axis) => [count, after[axis] ?? 0] as [number, number]),
    )
  }),
}
