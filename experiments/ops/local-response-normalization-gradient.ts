/**
 * Gradient of local response normalisation. x_j stands in s_c of every channel c whose neighbourhood holds j, so
 *   dx_j = dy_j s_j^-beta - 2 alpha beta / size * x_j * (sum of dy_c y_c / s_c over those c).
 * Their neighbourhood is that of the forward pass mirrored. Its own derivative is not offered.
 */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { expectAxes, expectShape, imageAxes, inputAt } from './expect-type.ts'
import { localResponseAttributes, type LocalResponseAttributes } from './local-response.ts'
import { onnxChannelSums, onnxNormalizer } from './local-response-onnx.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const localResponseNormalizationGradientOp = defineOp({
  name: 'localResponseNormalizationGradient',
  summary: 'Gradient of local response normalisation',
  inputs: ['dy', 'x', 'y'],
  attributes: localResponseAttributes,
  shape: (inputs) => {
    const op = 'localResponseNormalizationGradient'
    const dy = inputAt(inputs, 0)
    expectAxes(`dy of ${op}`, dy, imageAxes)
    expectShape(`x of ${op}`, inputAt(inputs, 1), dy.shape)
    expectShape(`y of ${op}`, inputAt(inputs, 2), dy.shape)
    return [dy]
  },
  cost: () => noCost,
  gradient: nonDifferentiable('second derivatives of local response normalisation are not offered'),
  onnx: (l) => {
    const [dy = '', x = '', y = ''] = l.inputs
    const { size, alpha, beta } = l.attributes
    const type = inputAt(l.inputTypes, 1)
    const { sums, power } = onnxNormalizer(l, x, type, l.attributes)
    const shares = l.node('Div', [l.node('Mul', [dy, y]), sums])
    const factor = l.scalar((-2 * alpha * beta) / size)
    const indirect = l.node('Mul', [l.node('Mul', [x, factor]), onnxChannelSums(l, shares, type, size, true)])
    return [l.node('Add', [l.node('Mul', [dy, power]), indirect])]
  },
})

export function localResponseNormalizationGradient(
  b: OpEmitter,
  dy: Value,
  x: Value,
  y: Value,
  attributes: LocalResponseAttributes,
): Value {
  return emitOne(b, localResponseNormalizationGradientOp, [dy, x, y], attributes)
}
