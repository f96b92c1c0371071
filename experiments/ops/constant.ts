/** A tensor of given numbers: one number for every element, or one number per element in row-major order. */
import { StudioError } from '../errors/studio-error.ts'
import { dataTypeAttribute, integersAttribute, numbersAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { onnxBool } from './onnx-lowering.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { elementCount } from './tensor-type.ts'

export const constantOp = defineOp({
  name: 'constant',
  summary: 'A tensor of fixed numbers',
  inputs: [],
  attributes: { dtype: dataTypeAttribute, shape: integersAttribute, values: numbersAttribute },
  shape: (_inputs, { dtype, shape, values }) => {
    const count = elementCount(shape)
    if (values.length !== 1 && values.length !== count) {
      throw new StudioError(
        'shape-mismatch',
        `a constant of ${count} elements takes 1 or ${count} values, but ${values.length} came`,
      )
    }
    return [{ dtype, shape }]
  },
  cost: () => noCost,
  gradient: () => [],
  onnx: (l) => {
    const { dtype, shape, values } = l.attributes
    const count = elementCount(shape)
    const all = values.length === count ? values : new Array<number>(count).fill(values[0] ?? 0)
    if (dtype === 'float32') return [count === 1 && shape.length === 0 ? l.scalar(all[0] ?? 0) : l.floats(all, shape)]
    const integers = l.int32s(all, shape)
    return [dtype === 'int32' ? integers : l.node('Cast', [integers], { to: onnxBool })]
  },
})

/** A float32 constant; a scalar when no shape is given. */
export function constant(b: OpEmitter, value: number | readonly number[], shape: readonly number[] = []): Value {
  const values = typeof value === 'number' ? [value] : value
  return emitOne(b, constantOp, [], { dtype: 'float32', shape, values })
}
