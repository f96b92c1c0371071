/**
 * Puts `before` zeros at the beginning and `after` at the end of each axis. dx = dy without them: its transpose is `slice`.
 */
import { StudioError } from '../errors/studio-error.ts'
import { integersAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { slice } from './slice.ts'
import { formatShape } from './tensor-type.ts'

export const padOp = defineOp({
  name: 'pad',
  summary: 'A tensor with zeros around it',
  inputs: ['x'],
  attributes: { before: integersAttribute, after: integersAttribute },
  shape: (inputs, { before, after }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of pad', x, 'float32')
    const fits = before.length === x.shape.length && after.length === x.shape.length
    if (!fits || [...before, ...after].some((count) => count < 0)) {
      throw new StudioError(
        'shape-mismatch',
        `pad cannot put ${formatShape(before)} zeros before and ${formatShape(after)} after ${formatShape(x.shape)}`,
      )
    }
    return [{ dtype: x.dtype, shape: x.shape.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0)) }]
  },
  cost: () => noCost,
  reach: ({ before, after }) => ({
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: [before[2] ?? 0, after[3] ?? 0, after[2] ?? 0, before[3] ?? 0],
  }),
  float16: 'follows',
  gradient: ({ b, attributes: { before, after }, upstream }) => [slice(b, inputAt(upstream, 0), before, after)],
  onnx: (l) => [l.node('Pad', [...l.inputs, l.integers([...l.attributes.before, ...l.attributes.after])])],
})

/** Surrounds `x` with zeros; returns `x` itself when there are none to add. */
export function pad(b: OpEmitter, x: Value, before: readonly number[], after: readonly number[]): Value {
  const isSame = [...before, ...after].every((count) => count === 0)
  return isSame ? x : emitOne(b, padOp, [x], { before, after })
}
