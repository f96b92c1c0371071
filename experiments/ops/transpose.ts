/** Axes in another order: y.shape[i] = x.shape[permutation[i]]. dx = dy under the inverse permutation. */
import { StudioError } from '../errors/studio-error.ts'
import { integersAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { ints } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { formatShape } from './tensor-type.ts'

export const transposeOp = defineOp({
  name: 'transpose',
  summary: 'Axes in another order',
  inputs: ['x'],
  attributes: { permutation: integersAttribute },
  shape: (inputs, { permutation }) => {
    const x = inputAt(inputs, 0)
    const sorted = permutation.toSorted((a, b) => a - b)
    if (permutation.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new StudioError(
        'shape-mismatch',
        `transpose by ${formatShape(permutation)} does not fit an input ${formatShape(x.shape)}`,
      )
    }
    return [{ dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis] ?? 1) }]
  },
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, attributes, upstream }) => {
    const inverse = attributes.permutation.map((_, axis) => attributes.permutation.indexOf(axis))
    return [transpose(b, inputAt(upstream, 0), inverse)]
  },
  onnx: (l) => [l.node('Transpose', l.inputs, { perm: ints(l.attributes.permutation) })],
})

export function transpose(b: OpEmitter, x: Value, permutation: readonly number[]): Value {
  return emitOne(b, transposeOp, [x], { permutation })
}
