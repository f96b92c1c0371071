/**
 * Cross-entropy between the softmax of logits z and a target distribution q, per example:
 *   loss = log(sum_j exp(z_j)) - sum_j q_j z_j,  d loss / d z_j = p_j - q_j,  p = softmax(z).
 * q is 1 at the class index t, or with `smoothing` e, 1 - e there and e / classes on top of that for every class (Szegedy et al. 2016,
 * section 7). The largest logit is subtracted first, so that nothing overflows. Like TensorFlow's kernel it yields the loss [N] and that
 * derivative [N, classes] together: the two share every intermediate. Its own derivative is not offered.
 */
import { numberAttribute } from './attributes.ts'
import { StudioError } from '../errors/studio-error.ts'
import { defineOp, type GradientRule, noCost } from './define-op.ts'
import { expectAxes, expectDataType, expectShape, inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { onnxFloat, type OnnxLowering } from './onnx-lowering.ts'
import { onnxReduce } from './onnx-reduce.ts'
import type { OpEmitter, Value } from './program.ts'
import { reshape } from './reshape.ts'

interface Smoothing {
  readonly smoothing: number
}

const gradient: GradientRule<Smoothing> = ({ b, outputs, upstream }) => {
  const [dLosses, dDerivative] = upstream
  if (dDerivative || !dLosses) throw new Error('the derivative of softmaxCrossEntropy is not differentiated again')
  const derivative = inputAt(outputs, 1)
  const perExample = reshape(b, dLosses, [...dLosses.type.shape, 1])
  return [multiply(b, derivative, perExample), undefined]
}

export const softmaxCrossEntropyOp = defineOp({
  name: 'softmaxCrossEntropy',
  summary: 'Cross-entropy of the softmax of logits against class indices',
  inputs: ['logits', 'labels'],
  attributes: { smoothing: numberAttribute },
  shape: (inputs, { smoothing }) => {
    if (smoothing < 0 || smoothing >= 1) {
      throw new StudioError('out-of-range', `label smoothing must be from 0 to below 1, not ${smoothing}`)
    }
    const logits = inputAt(inputs, 0)
    const labels = inputAt(inputs, 1)
    expectDataType('the logits', logits, 'float32')
    expectAxes('the logits', logits, ['N', 'classes'])
    expectDataType('the labels', labels, 'int32')
    const losses = logits.shape.slice(0, 1)
    expectShape('the labels', labels, losses)
    return [{ dtype: 'float32', shape: losses }, logits]
  },
  cost: () => noCost,
  gradient,
  onnx,
})

/** Written with operators that every provider has: WebGPU knows neither LogSoftmax nor SoftmaxCrossEntropyLoss nor OneHot. */
function onnx(l: OnnxLowering<Smoothing>): readonly string[] {
  const [logits = '', labels = ''] = l.inputs
  const { smoothing } = l.attributes
  const classes = inputAt(l.inputTypes, 0).shape[1] ?? 1
  const classIndices = l.int32s(
    Array.from({ length: classes }, (_, i) => i),
    [1, classes],
  )
  const labelColumn = l.node('Unsqueeze', [labels, l.integers([1])])
  const oneHot = l.node('Cast', [l.node('Equal', [labelColumn, classIndices])], { to: onnxFloat })
  const target =
    smoothing === 0
      ? oneHot
      : l.node('Add', [l.node('Mul', [oneHot, l.scalar(1 - smoothing)]), l.scalar(smoothing / classes)])
  const shifted = l.node('Sub', [logits, onnxReduce(l, 'ReduceMax', logits, [1], true)])
  const exponentials = l.node('Exp', [shifted])
  const sums = onnxReduce(l, 'ReduceSum', exponentials, [1], true)
  const chosen = onnxReduce(l, 'ReduceSum', l.node('Mul', [target, shifted]), [1], false)
  const logSums = l.node('Squeeze', [l.node('Log', [sums]), l.integers([1])])
  const losses = l.node('Sub', [logSums, chosen])
  const derivative = l.node('Sub', [l.node('Div', [exponentials, sums]), target])
  return [losses, derivative]
}

/** Losses [N] of logits [N, classes] and labels [N]; `smoothing` from 0 to below 1. */
export function softmaxCrossEntropy(b: OpEmitter, logits: Value, labels: Value, smoothing = 0): Value {
  return inputAt(b.emit(softmaxCrossEntropyOp, [logits, labels], { smoothing }), 0)
}
