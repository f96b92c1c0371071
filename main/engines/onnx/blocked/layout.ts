/**
 * How a tensor lies in memory for ONNX Runtime's blocked operators (domain com.microsoft.nchwc). With blocks of B channels and sizes
 * rounded up to whole blocks:
 *   image   [N, C, H, W] as [N, C/B, H, W, B]
 *   filter  [O, C, kh, kw] as [O/B, C/B, kh, kw, B of C, B of O]
 *   narrow  [O, C, kh, kw] as [O/B, C, kh, kw, B of O], for convolutions that read a plain image of fewer than B channels
 *   vector  [C], rounded up
 * What rounding adds is zero. To the runtime such a tensor has its usual order of axes, with the rounded sizes.
 */
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'

export type Layout = 'plain' | 'image' | 'filter' | 'narrow' | 'vector'

export function roundUp(size: number, block: number): number {
  return Math.ceil(size / block) * block
}

/** Sizes of a tensor of `shape` in `layout`, as the runtime sees them. */
export function layoutShape(shape: readonly number[], layout: Layout, block: number): readonly number[] {
  const [first = 1, second = 1, ...rest] = shape
  switch (layout) {
    case 'plain':
      return shape
    case 'image':
      return [first, roundUp(second, block), ...rest]
    case 'filter':
      return [roundUp(first, block), roundUp(second, block), ...rest]
    case 'narrow':
      return [roundUp(first, block), second, ...rest]
    case 'vector':
      return [roundUp(first, block)]
  }
}

/** Whether `layout` holds elements that the tensor does not have. */
export function isPadded(shape: readonly number[], layout: Layout, block: number): boolean {
  return elementCount(layoutShape(shape, layout, block)) !== elementCount(shape)
}

/** Row-major `values` of a tensor of `shape`, laid out. */
export function packValues(
  values: Float32Array,
  shape: readonly number[],
  layout: Layout,
  block: number,
): Float32Array {
  if (layout === 'plain') return values.slice()
  const packed = new Float32Array(elementCount(layoutShape(shape, layout, block)))
  const places = placesOf(shape, layout, block)
  for (let i = 0; i < places.length; i++) packed[places[i]!] = values[i]!
  return packed
}

/** The inverse of `packValues`. */
export function unpackValues(
  packed: Float32Array,
  shape: readonly number[],
  layout: Layout,
  block: number,
): Float32Array {
  if (layout === 'plain') return packed.slice()
  const values = new Float32Array(elementCount(shape))
  const places = placesOf(shape, layout, block)
  for (let i = 0; i < places.length; i++) values[i] = packed[places[i]!]!
  return values
}

/** Where each element goes, in row-major order. */
function placesOf(shape: readonly number[], layout: Exclude<Layout, 'plain'>, block: number): Uint32Array {
  const [first = 1, second = 1, ...rest] = shape
  const places = new Uint32Array(elementCount(shape))
  if (layout === 'vector') return places.map((_, i) => i)
  const [, seconds = 1] = layoutShape(shape, layout, block)
  const area = elementCount(rest)
  const isFilter = layout !== 'image'
  const secondBlock = layout === 'narrow' ? 1 : block
  const firstBlock = isFilter ? block : 1
  let i = 0
  for (let a = 0; a < first; a++) {
    for (let c = 0; c < second; c++) {
      for (let at = 0; at < area; at++) {
        const outer = Math.floor(a / firstBlock) * (seconds / secondBlock) + Math.floor(c / secondBlock)
        places[i++] = ((outer * area + at) * secondBlock + (c % secondBlock)) * firstBlock + (a % firstBlock)
      }
    }
  }
  return places
}
