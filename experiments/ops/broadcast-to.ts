/** Repeats axes of size 1, and missing leading axes, up to a shape. dx is dy summed over the repeated axes. */
import { StudioError } from '../errors/studio-error.ts'
import { integersAttribute } from './attributes.ts'
import { broadcastShape, sumToShape } from './broadcast-shape.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { formatShape, sameShape } from './tensor-type.ts'

export const broadcastToOp = defineOp({
  name: 'broadcastTo',
  summary: 'Repeats axes of size 1 up to a shape',
  inputs: ['x'],
  attributes: { shape: integersAttribute },
  shape: (inputs, { shape }) => {
    const x = inputAt(inputs, 0)
    if (!sameShape(broadcastShape('broadcastTo', x.shape, shape), shape)) {
      throw new StudioError(
        'shape-mismatch',
        `broadcastTo ${formatShape(shape)} cannot shrink an input ${formatShape(x.shape)}`,
      )
    }
    return [{ dtype: x.dtype, shape }]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, upstream }) => [sumToShape(b, inputAt(upstream, 0), inputAt(inputs, 0).type.shape)],
  onnx: (l) => [l.node('Expand', [...l.inputs, l.integers(l.attributes.shape)])],
})

export function broadcastTo(b: OpEmitter, x: Value, shape: readonly number[]): Value {
  return sameShape(x.type.shape, shape) ? x : emitOne(b, broadcastToOp, [x], { shape })
}
