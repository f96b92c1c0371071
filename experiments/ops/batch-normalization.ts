/**
 * Normalises each channel of [N, channels, height, width] by its own batch: with the mean m and the (biased) variance v over images and
 * positions, y = scale (x - m) / sqrt(v + epsilon) + shift. Yields y, m and v: running statistics are kept from the latter two.
 * Ioffe, Szegedy: Batch Normalization, ICML 2015. The gradient depends on every element of the channel: batchNormalizationGradient.
 */
import { batchNormalizationGradient } from './batch-normalization-gradient.ts'
import { channelWise, expectPerChannel, normalizedType, onnxChannelReduce } from './batch-statistics.ts'
import { numberAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { inputAt } from './expect-type.ts'
import type { OpEmitter, Value } from './program.ts'
import { elementCount } from './tensor-type.ts'

export const batchNormalizationOp = defineOp({
  name: 'batchNormalization',
  summary: 'Normalises each channel by the mean and variance of the batch',
  inputs: ['x', 'scale', 'shift'],
  attributes: { epsilon: numberAttribute },
  shape: (inputs) => {
    const x = normalizedType('batchNormalization', inputAt(inputs, 0))
    const statistics = expectPerChannel('batchNormalization', x, { scale: inputs[1], shift: inputs[2] })
    return [x, statistics, statistics]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, outputs, attributes, upstream }) => {
    const [dy, dMean, dVariance] = upstream
    if (dMean || dVariance || !dy) throw new Error('the statistics of batchNormalization are not differentiated')
    const x = inputAt(inputs, 0)
    return batchNormalizationGradient(
      b,
      dy,
      x,
      inputAt(inputs, 1),
      inputAt(outputs, 1),
      inputAt(outputs, 2),
      attributes,
    )
  },
  // The providers' own BatchNormalization in training mode throws on GPUs and uses one thread on the CPU.
  onnx: (l) => {
    const [x = '', scale = '', shift = ''] = l.inputs
    const type = inputAt(l.inputTypes, 0)
    const mean = onnxChannelReduce(l, 'ReduceMean', x)
    const centred = l.node('Sub', [x, channelWise(l, mean)])
    const count = elementCount(type.shape) / (type.shape[1] ?? 1)
    const variance = l.node('Mul', [onnxChannelReduce(l, 'ReduceSumSquare', centred), l.scalar(1 / count)])
    const deviation = l.node('Sqrt', [l.node('Add', [variance, l.scalar(l.attributes.epsilon)])])
    const factor = l.node('Div', [scale, deviation])
    const scaled = l.node('Mul', [centred, channelWise(l, factor)])
    return [l.node('Add', [scaled, channelWise(l, shift)]), mean, variance]
  },
})

export interface NormalizedBatch {
  readonly y: Value
  /** [channels] */
  readonly mean: Value
  /** [channels], biased: divided by the number of elements. */
  readonly variance: Value
}

export function batchNormalization(
  b: OpEmitter,
  x: Value,
  scale: Value,
  shift: Value,
  epsilon: number,
): NormalizedBatch {
  const outputs = b.emit(batchNormalizationOp, [x, scale, shift], { epsilon })
  return { y: inputAt(outputs, 0), mean: inputAt(outputs, 1), variance: inputAt(outputs, 2) }
}
