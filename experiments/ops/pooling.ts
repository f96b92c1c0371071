/** What the poolings share: a window over each channel of [N, channels, height, width] on its own. */
import { booleanAttribute, edgesAttribute, pairAttribute, type AttributesOf } from './attributes.ts'
import { spatialSize } from './convolution.ts'
import { expectAxes, expectDataType, imageAxes } from './expect-type.ts'
import { ints, type OnnxIntegers } from './onnx-lowering.ts'
import type { TensorType } from './tensor-type.ts'
import { onnxPads, windowOutputSize, type Window } from './window.ts'

export const poolingAttributes = { kernel: pairAttribute, strides: pairAttribute, padding: edgesAttribute }
export type PoolingAttributes = AttributesOf<typeof poolingAttributes>

/** With `countPadding`, padding counts as zeros in the mean. */
export const averagePoolingAttributes = { ...poolingAttributes, countPadding: booleanAttribute }
export type AveragePoolingAttributes = AttributesOf<typeof averagePoolingAttributes>

export function poolingWindow({ kernel, strides, padding }: PoolingAttributes): Window {
  return { kernel, strides, padding, dilations: [1, 1] }
}

export function pooledType(x: TensorType, attributes: PoolingAttributes, what: string): TensorType {
  expectDataType(`the input of ${what}`, x, 'float32')
  expectAxes(`the input of ${what}`, x, imageAxes)
  return {
    dtype: x.dtype,
    shape: [...x.shape.slice(0, 2), ...windowOutputSize(spatialSize(x), poolingWindow(attributes), what)],
  }
}

export function onnxPoolingAttributes(attributes: PoolingAttributes): Readonly<Record<string, OnnxIntegers>> {
  return {
    kernel_shape: ints(attributes.kernel),
    strides: ints(attributes.strides),
    pads: ints(onnxPads(attributes.padding)),
  }
}
