/**
 * Gradients of batch normalisation. With c = x - m, r = 1 / sqrt(v + epsilon) and n elements per channel, sums over images and positions:
 *   d shift = sum dy,  d scale = r sum dy c,  dx = scale r (dy - d shift / n - c r d scale / n),
 * because m and v depend on x too. Its own derivative is not offered.
 */
import { numberAttribute } from './attributes.ts'
import { channelWise, expectPerChannel, normalizedType, onnxChannelReduce } from './batch-statistics.ts'
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { expectShape, inputAt } from './expect-type.ts'
import type { OpEmitter, Value } from './program.ts'
import { elementCount } from './tensor-type.ts'

export const batchNormalizationGradientOp = defineOp({
  name: 'batchNormalizationGradient',
  summary: 'Gradients of batch normalisation by x, scale and shift',
  inputs: ['dy', 'x', 'scale', 'mean', 'variance'],
  attributes: { epsilon: numberAttribute },
  shape: (inputs) => {
    const op = 'batchNormalizationGradient'
    const x = normalizedType(op, inputAt(inputs, 1))
    expectShape(`dy of ${op}`, inputAt(inputs, 0), x.shape)
    const perChannel = expectPerChannel(op, x, { scale: inputs[2], mean: inputs[3], variance: inputs[4] })
    return [x, perChannel, perChannel]
  },
  cost: () => noCost,
  gradient: nonDifferentiable('second derivatives of batch normalisation are not offered'),
  onnx: (l) => {
    const [dy = '', x = '', scale = '', mean = '', variance = ''] = l.inputs
    const type = inputAt(l.inputTypes, 1)
    const share = l.scalar((type.shape[1] ?? 1) / elementCount(type.shape))
    const deviation = l.node('Sqrt', [l.node('Add', [variance, l.scalar(l.attributes.epsilon)])])
    const centred = l.node('Sub', [x, channelWise(l, mean)])
    const dShift = onnxChannelReduce(l, 'ReduceSum', dy)
    const dScale = l.node('Div', [onnxChannelReduce(l, 'ReduceSum', l.node('Mul', [dy, centred])), deviation])
    const meanDy = l.node('Mul', [dShift, share])
    const slope = l.node('Div', [l.node('Mul', [dScale, share]), deviation])
    const explained = l.node('Mul', [centred, channelWise(l, slope)])
    const rest = l.node('Sub', [l.node('Sub', [dy, channelWise(l, meanDy)]), explained])
    const factor = l.node('Div', [scale, deviation])
    return [l.node('Mul', [rest, channelWise(l, factor)]), dScale, dShift]
  },
})

/** d loss / d x, scale and shift. */
export function batchNormalizationGradient(
  b: OpEmitter,
  dy: Value,
  x: Value,
  scale: Value,
  mean: Value,
  variance: Value,
  attributes: { readonly epsilon: number },
): readonly Value[] {
  return b.emit(batchNormalizationGradientOp, [dy, x, scale, mean, variance], attributes)
}
