/**
 * What convolution and its two transposes share. x is [N, C, H, W], the filter [O, C / groups, kernel height, kernel width], y
 * is [N, O, OH, OW]; channels are split into `groups` independent parts. As in every framework it is a cross-correlation:
 * y[n, o, i, j] = sum over c, u, v of filter[o, c, u, v] x[n, c, i s + u d - top, j s + v d - left].
 */
import { StudioError } from '../errors/studio-error.ts'
import { countAttribute, edgesAttribute, pairAttribute, type AttributesOf, type Pair } from './attributes.ts'
import { elementCount, type TensorType } from './tensor-type.ts'
import type { Window } from './window.ts'

export const convolutionAttributes = {
  strides: pairAttribute,
  dilations: pairAttribute,
  padding: edgesAttribute,
  groups: countAttribute,
}

export type ConvolutionAttributes = AttributesOf<typeof convolutionAttributes>

export const plainConvolution: ConvolutionAttributes = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
}

export function convolutionWindow(kernel: Pair, { strides, dilations, padding }: ConvolutionAttributes): Window {
  return { kernel, strides, dilations, padding }
}

/** Height and width of a tensor whose last two axes are rows and columns. */
export function spatialSize(type: TensorType): Pair {
  const [height, width] = type.shape.slice(-2)
  return [height ?? 1, width ?? 1]
}

/** @throws StudioError `shape-mismatch` when channels, filters and groups do not fit each other */
export function checkGroups(channels: number, outputs: number, channelsPerGroup: number, groups: number): void {
  if (channels % groups !== 0 || outputs % groups !== 0) {
    throw new StudioError(
      'shape-mismatch',
      `a convolution in ${groups} groups takes ${channels} channels and makes ${outputs}: both must be multiples of ${groups}`,
    )
  }
  if (channels / groups !== channelsPerGroup) {
    throw new StudioError(
      'shape-mismatch',
      `a convolution whose filters have ${channelsPerGroup} channels takes ${channelsPerGroup * groups} channels, but ${channels} came`,
    )
  }
}

/** Each element of dy or y takes part in one multiply-add per filter element of its group: all three kernels cost the same. */
export function convolutionMultiplyAdds(output: TensorType, channelsPerGroup: number, kernel: Pair): number {
  return elementCount(output.shape) * channelsPerGroup * kernel[0] * kernel[1]
}
