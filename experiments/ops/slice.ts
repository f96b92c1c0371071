/**
 * Takes `before` elements from the beginning and `after` from the end of each axis away. Said in this way, and not by start and size,
 * it holds for any batch. dx = dy with zeros in their place: its transpose is `pad`.
 */
import { StudioError } from '../errors/studio-error.ts'
import { integersAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { pad } from './pad.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { formatShape } from './tensor-type.ts'

/** Beyond the end of any axis. */
const toEnd = 2 ** 31 - 1

export const sliceOp = defineOp({
  name: 'slice',
  summary: 'A part of a tensor, its borders cut off',
  inputs: ['x'],
  attributes: { before: integersAttribute, after: integersAttribute },
  shape: (inputs, { before, after }) => {
    const { dtype, shape } = inputAt(inputs, 0)
    const sizes = shape.map((size, axis) => size - (before[axis] ?? 0) - (after[axis] ?? 0))
    const fits = before.length === shape.length && after.length === shape.length && sizes.every((size) => size >= 1)
    if (!fits || [...before, ...after].some((count) => count < 0)) {
      throw new StudioError(
        'shape-mismatch',
        `slice cannot cut ${formatShape(before)} from the beginning and ${formatShape(after)} from the end of ${formatShape(shape)}`,
      )
    }
    return [{ dtype, shape: sizes }]
  },
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, attributes: { before, after }, upstream }) => [pad(b, inputAt(upstream, 0), before, after)],
  onnx: (l) => {
    const { before, after } = l.attributes
    const axes = before.flatMap((count, axis) => (count + (after[axis] ?? 0) > 0 ? [axis] : []))
    if (axes.length === 0) return [inputAt(l.inputs, 0)]
    const starts = axes.map((axis) => before[axis] ?? 0)
    const ends = axes.map((axis) => ((after[axis] ?? 0) > 0 ? -(after[axis] ?? 0) : toEnd))
    return [l.node('Slice', [...l.inputs, l.integers(starts), l.integers(ends), l.integers(axes)])]
  },
})

/** Cuts `before` and `after` elements off each axis; returns `x` itself when there is nothing to cut. */
export function slice(b: OpEmitter, x: Value, before: readonly number[], after: readonly number[]): Value {
  const isWhole = [...before, ...after].every((count) => count === 0)
  return isWhole ? x : emitOne(b, sliceOp, [x], { before, after })
}
