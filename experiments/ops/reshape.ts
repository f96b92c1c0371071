/**
 * The same elements in row-major order under another shape; one size may be -1, which takes what remains. Programs that are
 * exported write -1 for the batch, so that it stays free. dx = dy in the shape of x.
 */
import { StudioError } from '../errors/studio-error.ts'
import { integersAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { elementCount, formatShape, sameShape } from './tensor-type.ts'

export const reshapeOp = defineOp({
  name: 'reshape',
  summary: 'The same elements under another shape',
  inputs: ['x'],
  attributes: { shape: integersAttribute },
  shape: (inputs, { shape }) => {
    const x = inputAt(inputs, 0)
    const count = elementCount(x.shape)
    const known = elementCount(shape.filter((size) => size !== -1))
    const resolved = shape.map((size) => (size === -1 ? count / known : size))
    const oneFree = shape.filter((size) => size === -1).length <= 1
    if (!oneFree || !resolved.every(Number.isSafeInteger) || elementCount(resolved) !== count) {
      throw new StudioError(
        'shape-mismatch',
        `reshape to ${formatShape(shape)}: the input ${formatShape(x.shape)} has ${count} elements, which do not fit`,
      )
    }
    return [{ dtype: x.dtype, shape: resolved }]
  },
  cost: () => noCost,
  isView: true,
  float16: 'follows',
  gradient: ({ b, inputs, upstream }) => [reshape(b, inputAt(upstream, 0), inputAt(inputs, 0).type.shape)],
  onnx: (l) => [l.node('Reshape', [...l.inputs, l.integers(l.attributes.shape)])],
})

/** Gives `x` another shape; returns `x` itself when it has that shape already. */
export function reshape(b: OpEmitter, x: Value, shape: readonly number[]): Value {
  return sameShape(x.type.shape, shape) ? x : emitOne(b, reshapeOp, [x], { shape })
}
