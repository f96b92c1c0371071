/** Gemm and MatMul with known weights: dense layers. An addition behind them becomes their bias, see affine.ts. */
import { formatShape, sameShape } from '../../../../experiments/ops/tensor-type.ts'
import type { FloatTensor } from '../../read/constant-tensor.ts'
import { combine, filledTensor, mapTensor, permuteColumns, reshaped, transposed } from '../float-tensors.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import { isInOrder, sourceIndices } from '../view.ts'
import type { OperatorTable } from './operator-rule.ts'

export const denseRules: OperatorTable = {
  Gemm: (call) => {
    call.expectInteger('transA', 0, 'transposing the batch is no layer')
    const alpha = call.float('alpha', 1)
    const beta = call.float('beta', 1)
    const bias = call.floats(2)
    const isTransposed = call.integer('transB', 0) !== 0
    return dense(call, {
      isTransposed,
      alpha,
      bias: bias && beta !== 1 ? mapTensor(bias, (value) => value * beta) : bias,
    })
  },
  MatMul: (call) => dense(call, { isTransposed: false, alpha: 1, bias: undefined }),
}

interface Product {
  /** The weights are [units, features], as this studio has them. */
  readonly isTransposed: boolean
  readonly alpha: number
  readonly bias: FloatTensor | undefined
}

/** Sizes are compared before the weights are touched. */
function dense(call: NodeCall, { isTransposed, alpha, bias }: Product): ImportValue {
  const weight = call.requiredFloats(1)
  if (weight.shape.length !== 2) {
    throw unsupported(`its weights have the shape ${formatShape(weight.shape)}; a matrix is known`)
  }
  const [units = 1, features = 1] = isTransposed ? weight.shape : weight.shape.toReversed()
  const { node, view } = call.activation(0)
  if (view.shape.length !== 1 || view.shape[0] !== features) {
    throw unsupported(
      `it multiplies [batch, ${view.shape.join(', ')}] with weights for ${features} features; put a Flatten before it`,
    )
  }
  const rows = isTransposed ? weight : transposed(weight, [1, 0])
  const scaled = alpha === 1 ? rows : mapTensor(rows, (value) => value * alpha)
  const kernel = isInOrder(view) ? scaled : permuteColumns(scaled, sourceIndices(view))
  const params = { units, bias: bias !== undefined }
  const weights = { kernel, ...(bias && { bias: biasOf(bias, units) }) }
  const flat = call.around.draft.flattened(node)
  return call.result(call.add('dense', { params, inputs: [flat], weights, hints: [weight.name] }))
}

/** One number per unit; ONNX repeats a single one, and allows a leading axis. */
function biasOf(bias: FloatTensor, units: number): FloatTensor {
  const repeated = combine(bias, filledTensor(bias.name, [1, units], 0), (value) => value)
  if (sameShape(repeated.shape, [1, units])) return { ...reshaped(repeated, [units]), name: bias.name }
  throw unsupported(`its bias has the shape ${formatShape(bias.shape)}; one number per unit is known`)
}
