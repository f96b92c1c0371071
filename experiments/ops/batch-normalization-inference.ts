/**
 * Normalises each channel by given statistics, as after training: y = scale (x - mean) / sqrt(variance + epsilon) + shift. With
 * r = 1 / sqrt(variance + epsilon) and sums over images and positions:
 *   dx = dy scale r,  d shift = sum dy,  d scale = r sum dy (x - mean),  d mean = -scale r d shift,  d variance = -scale r^2 d scale / 2.
 */
import { add } from './add.ts'
import { numberAttribute } from './attributes.ts'
import { expectPerChannel, normalizedType } from './batch-statistics.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { divide } from './divide.ts'
import { inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { negate } from './negate.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reduceSum } from './reduce-sum.ts'
import { reshape } from './reshape.ts'
import { sqrt } from './sqrt.ts'
import { subtract } from './subtract.ts'

export const batchNormalizationInferenceOp = defineOp({
  name: 'batchNormalizationInference',
  summary: 'Normalises each channel by given statistics',
  inputs: ['x', 'scale', 'shift', 'mean', 'variance'],
  attributes: { epsilon: numberAttribute },
  shape: (inputs) => {
    const op = 'batchNormalizationInference'
    const x = normalizedType(op, inputAt(inputs, 0))
    expectPerChannel(op, x, { scale: inputs[1], shift: inputs[2], mean: inputs[3], variance: inputs[4] })
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, attributes: { epsilon }, upstream, wants }) => {
    const dy = inputAt(upstream, 0)
    const [x, scale, , mean, variance] = [0, 1, 2, 3, 4].map((i) => inputAt(inputs, i)) as [
      Value,
      Value,
      Value,
      Value,
      Value,
    ]
    const along = (value: Value) => reshape(b, value, [...value.type.shape, 1, 1])
    const deviation = sqrt(b, add(b, variance, constant(b, epsilon)))
    const factor = divide(b, scale, deviation)
    const perChannel = (value: Value) => reduceSum(b, value, [0, 2, 3])
    const dShift = () => perChannel(dy)
    const dScale = () => divide(b, perChannel(multiply(b, dy, subtract(b, x, along(mean)))), deviation)
    const dVariance = () => multiply(b, divide(b, multiply(b, factor, dScale()), deviation), constant(b, -0.5))
    return [
      wants[0] ? multiply(b, dy, along(factor)) : undefined,
      wants[1] ? dScale() : undefined,
      wants[2] ? dShift() : undefined,
      wants[3] ? negate(b, multiply(b, factor, dShift())) : undefined,
      wants[4] ? dVariance() : undefined,
    ]
  },
  onnx: (l) => [l.node('BatchNormalization', l.inputs, { epsilon: { float: l.attributes.epsilon } })],
})

export interface ChannelStatistics {
  readonly scale: Value
  readonly shift: Value
  readonly mean: Value
  readonly variance: Value
}

export function batchNormalizationInference(
  b: OpEmitter,
  x: Value,
  { scale, shift, mean, variance }: ChannelStatistics,
  epsilon: number,
): Value {
  return emitOne(b, batchNormalizationInferenceOp, [x, scale, shift, mean, variance], { epsilon })
}
