/** BatchNormalization with its inference statistics, and LRN. */
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import type { OperatorTable } from './operator-rule.ts'

export const normalizationRules: OperatorTable = {
  BatchNormalization: batchNormalization,
  LRN: (call) => {
    const params = {
      size: call.integer('size', 5),
      alpha: call.float('alpha', 1e-4),
      beta: call.float('beta', 0.75),
      bias: call.float('bias', 1),
    }
    return call.result(call.add('local-response-normalization', { params, inputs: [call.images(0)] }))
  },
  Dropout: dropout,
}

function batchNormalization(call: NodeCall): ImportValue {
  call.expectInteger('spatial', 1, 'statistics per pixel are no layer')
  call.expectInteger('training_mode', 0, 'export the model in evaluation mode')
  call.expectInteger('is_test', 1, 'export the model in evaluation mode')
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => call.requiredFloats(index))
  if (!scale || !shift || !mean || !variance) throw new Error('four inputs were asked for')
  // ONNX counts the share of the old average, this studio that of the new batch.
  const momentum = Number((1 - call.float('momentum', 0.9)).toPrecision(7))
  const params = { epsilon: call.float('epsilon', 1e-5), momentum }
  const weights = { scale, shift, mean, variance }
  return call.result(call.add('batch-normalization', { params, inputs: [call.layer(0)], weights, hints: [scale.name] }))
}

/** Does nothing at inference; kept for training on. The ratio is an attribute before opset 12. */
function dropout(call: NodeCall): ImportValue {
  call.integer('seed', 0)
  const mode = call.integerTensor(2)
  if (mode?.values.some((value) => value !== 0))
    throw unsupported('it is in training mode: export the model in evaluation mode')
  const ratio = call.floats(1)
  const given = ratio ? ('all' in ratio.data ? ratio.data.all : ratio.data[0]) : undefined
  const rate = Number((given ?? call.float('ratio', 0.5)).toPrecision(7))
  if (rate === 0) return call.viewed(0, call.activation(0).view)
  return call.result(call.add('dropout', { params: { rate }, inputs: [call.layer(0)] }))
}
