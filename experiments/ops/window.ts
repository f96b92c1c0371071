/**
 * A window sliding over the rows and columns of an image, as convolutions and poolings do. Sizes are [height, width],
 * padding is [top, right, bottom, left]. Along one axis, with an effective extent e = dilation (kernel - 1) + 1:
 * output = floor((input + padding before + padding after - e) / stride) + 1.
 */
import { StudioError } from '../errors/studio-error.ts'
import type { Edges, Pair } from './attributes.ts'

export interface Window {
  readonly kernel: Pair
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: Edges
}

/** Padding before and after along an axis: 0 is height, 1 is width. */
export function axisPadding(padding: Edges, axis: 0 | 1): Pair {
  return axis === 0 ? [padding[0], padding[2]] : [padding[3], padding[1]]
}

/** Extent of a dilated kernel along an axis. */
export function windowExtent(window: Window, axis: 0 | 1): number {
  return window.dilations[axis] * (window.kernel[axis] - 1) + 1
}

/** @throws StudioError `shape-mismatch` when the padded image is smaller than the window */
export function windowOutputSize(image: Pair, window: Window, what: string): Pair {
  return [outputSize(image, window, 0, what), outputSize(image, window, 1, what)]
}

function outputSize(image: Pair, window: Window, axis: 0 | 1, what: string): number {
  const [before, after] = axisPadding(window.padding, axis)
  const padded = image[axis] + before + after
  const extent = windowExtent(window, axis)
  if (padded < extent) {
    const side = axis === 0 ? 'high' : 'wide'
    const withPadding = before + after > 0 ? ` (${padded} with padding)` : ''
    throw new StudioError(
      'shape-mismatch',
      `${what} has a window ${extent} ${side} but its input is only ${image[axis]} ${side}${withPadding}: ` +
        'make the kernel smaller, add padding, or remove a pooling or stride before it',
    )
  }
  return Math.floor((padded - extent) / window.strides[axis]) + 1
}

/** ONNX's order of padding: all beginnings, then all ends. */
export function onnxPads(padding: Edges): readonly number[] {
  const [top, right, bottom, left] = padding
  return [top, left, bottom, right]
}
