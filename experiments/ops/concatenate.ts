/**
 * The inputs one behind the other along `axis`. d input = the part of dy that it became.
 */
import { StudioError } from '../errors/studio-error.ts'
import { integerAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { slice } from './slice.ts'
import { formatShape } from './tensor-type.ts'

export const concatenateOp = defineOp({
  name: 'concatenate',
  summary: 'Tensors one behind the other along an axis',
  inputs: ['x...'],
  attributes: { axis: integerAttribute },
  shape: (inputs, { axis }) => {
    const first = inputAt(inputs, 0)
    if (axis < 0 || axis >= first.shape.length) {
      throw new StudioError(
        'shape-mismatch',
        `concatenate along axis ${axis}: ${formatShape(first.shape)} has axes 0 to ${first.shape.length - 1}`,
      )
    }
    for (const { dtype, shape } of inputs) {
      const fits =
        shape.length === first.shape.length && shape.every((size, i) => i === axis || size === first.shape[i])
      if (dtype === first.dtype && fits) continue
      throw new StudioError(
        'shape-mismatch',
        `concatenate joins tensors that differ along axis ${axis} only, but ${formatShape(first.shape)} and ${formatShape(shape)} came`,
      )
    }
    const total = inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0)
    return [{ dtype: first.dtype, shape: first.shape.map((size, i) => (i === axis ? total : size)) }]
  },
  cost: () => noCost,
  float16: 'follows',
  gradient: ({ b, inputs, attributes: { axis }, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const total = dy.type.shape[axis] ?? 0
    let start = 0
    return inputs.map((input, i) => {
      const before = start
      start += input.type.shape[axis] ?? 0
      if (!wants[i]) return undefined
      const only = (size: number) => dy.type.shape.map((_, at) => (at === axis ? size : 0))
      return slice(b, dy, only(before), only(total - start))
    })
  },
  onnx: (l) => [l.node('Concat', l.inputs, { axis: l.attributes.axis })],
})

/** Joins `parts` along `axis`; a single part is returned as it is. */
export function concatenate(b: OpEmitter, parts: readonly Value[], axis: number): Value {
  return parts.length === 1 ? inputAt(parts, 0) : emitOne(b, concatenateOp, parts, { axis })
}
