/**
 * Product of two matrices, each transposed first where its flag says so: y = A B with A [m, k] and B [k, n].
 * dA = dy B^T and dB = A^T dy; where an operand was transposed, so is its gradient.
 */
import { StudioError } from '../errors/studio-error.ts'
import { booleanAttribute } from './attributes.ts'
import { defineOp } from './define-op.ts'
import { expectAxes, expectDataType, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { formatShape, type TensorType } from './tensor-type.ts'

interface MatmulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

export const matmulOp = defineOp({
  name: 'matmul',
  summary: 'Matrix product',
  inputs: ['a', 'b'],
  attributes: { transposeA: booleanAttribute, transposeB: booleanAttribute },
  shape: (inputs, attributes) => {
    const { m, n } = sizes(inputs, attributes)
    return [{ dtype: 'float32', shape: [m, n] }]
  },
  cost: (inputs, _outputs, attributes) => {
    const { m, k, n } = sizes(inputs, attributes)
    return { multiplyAdds: m * k * n }
  },
  reach: 'all',
  float16: 'computes',
  gradient: ({ b, inputs, attributes: { transposeA, transposeB }, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const left = inputAt(inputs, 0)
    const right = inputAt(inputs, 1)
    const dLeft = () => (transposeA ? matmul(b, right, dy, transposeB, true) : matmul(b, dy, right, false, !transposeB))
    const dRight = () => (transposeB ? matmul(b, dy, left, true, transposeA) : matmul(b, left, dy, !transposeA, false))
    return [wants[0] ? dLeft() : undefined, wants[1] ? dRight() : undefined]
  },
  onnx: (l) => {
    const { transposeA, transposeB } = l.attributes
    return [l.node('Gemm', l.inputs, { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 })]
  },
})

function sizes(
  inputs: readonly TensorType[],
  { transposeA, transposeB }: MatmulAttributes,
): { m: number; k: number; n: number } {
  const left = matrix('the first input of matmul', inputAt(inputs, 0), transposeA)
  const right = matrix('the second input of matmul', inputAt(inputs, 1), transposeB)
  if (left[1] !== right[0]) {
    throw new StudioError(
      'shape-mismatch',
      `matmul multiplies ${formatShape(left)} with ${formatShape(right)}: the inner sizes ${left[1]} and ${right[0]} must be equal`,
    )
  }
  return { m: left[0], k: left[1], n: right[1] }
}

function matrix(what: string, type: TensorType, transposed: boolean): readonly [number, number] {
  expectDataType(what, type, 'float32')
  expectAxes(what, type, ['rows', 'columns'])
  const [rows = 0, columns = 0] = type.shape
  return transposed ? [columns, rows] : [rows, columns]
}

export function matmul(b: OpEmitter, left: Value, right: Value, transposeA = false, transposeB = false): Value {
  return emitOne(b, matmulOp, [left, right], { transposeA, transposeB })
}
