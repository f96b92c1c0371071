/**
 * Which input pixels one element of a feature map can see. Along each axis: `size` pixels wide, `stride` pixels from one element to the
 * next, `start` the first pixel that element 0 sees (negative inside of padding). Through a window of kernel k, stride s, dilation d,
 * padding p:  size' = size + (k - 1) d stride,  start' = start - p stride,  stride' = stride s.
 * Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, Distill 2019.
 */
import { axisPadding, type Window } from '../ops/window.ts'

export interface AxisField {
  readonly size: number
  readonly stride: number
  readonly start: number
}

export interface ReceptiveField {
  readonly height: AxisField
  readonly width: AxisField
  /** Every element sees the whole image: behind a dense layer or a global pooling. */
  readonly global: boolean
}

const pixel: AxisField = { size: 1, stride: 1, start: 0 }
export const pixelField: ReceptiveField = { height: pixel, width: pixel, global: false }

export function globalField(height: number, width: number): ReceptiveField {
  const whole = (size: number): AxisField => ({ size, stride: size, start: 0 })
  return { height: whole(height), width: whole(width), global: true }
}

export function sameField(a: ReceptiveField, b: ReceptiveField): boolean {
  return a.global === b.global && sameAxis(a.height, b.height) && sameAxis(a.width, b.width)
}

function sameAxis(a: AxisField, b: AxisField): boolean {
  return a.size === b.size && a.stride === b.stride && a.start === b.start
}

export function throughWindow(field: ReceptiveField, window: Window): ReceptiveField {
  if (field.global) return field
  return { height: alongAxis(field.height, window, 0), width: alongAxis(field.width, window, 1), global: false }
}

function alongAxis({ size, stride, start }: AxisField, window: Window, axis: 0 | 1): AxisField {
  const reach = (window.kernel[axis] - 1) * window.dilations[axis]
  return {
    size: size + reach * stride,
    stride: stride * window.strides[axis],
    start: start - axisPadding(window.padding, axis)[0] * stride,
  }
}

/** What an element sees that joins several maps: from the first pixel of any to the last pixel of any. */
export function joinFields(fields: readonly ReceptiveField[]): ReceptiveField | undefined {
  const global = fields.find((field) => field.global)
  if (global || fields.length <= 1) return global ?? fields[0]
  const join = (axis: 'height' | 'width'): AxisField => {
    const parts = fields.map((field) => field[axis])
    const start = Math.min(...parts.map((part) => part.start))
    const end = Math.max(...parts.map((part) => part.start + part.size))
    return { size: end - start, stride: Math.max(...parts.map((part) => part.stride)), start }
  }
  return { height: join('height'), width: join('width'), global: false }
}
