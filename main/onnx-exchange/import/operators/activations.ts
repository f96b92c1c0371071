/** Functions of single elements, and the softmax. */
import { StudioError, type JsonObject } from '../../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../../../experiments/ops/tensor-type.ts'
import { singleNumber, reshaped } from '../float-tensors.ts'
import type { Ending, ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import type { OperatorRule, OperatorTable } from './operator-rule.ts'

export const activationRules: OperatorTable = {
  Relu: elementwise('relu'),
  Sigmoid: elementwise('sigmoid'),
  Tanh: elementwise('tanh'),
  LeakyRelu: elementwise('leaky-relu', (call) => ({ slope: call.float('alpha', 0.01) })),
  Elu: elementwise('elu', (call) => ({ alpha: call.float('alpha', 1) })),
  Gelu: elementwise('gelu', (call) => {
    if (call.text('approximate', 'none') !== 'none')
      throw unsupported('it is approximated by tanh; the layer is the exact form')
    return {}
  }),
  PRelu: prelu,
  Clip: clip,
  Softmax: (call) => softmax(call, 'softmax'),
  LogSoftmax: (call) => softmax(call, 'log-softmax'),
}

function elementwise(type: string, params: (call: NodeCall) => JsonObject = () => ({})): OperatorRule {
  return (call) => call.result(call.add(type, { params: params(call), inputs: [call.layer(0)] }))
}

function prelu(call: NodeCall): ImportValue {
  const slope = call.requiredFloats(1)
  const node = call.layer(0)
  const count = elementCount(slope.shape)
  const shared = count === 1
  const channels = node.shape[0] ?? 1
  const isPerChannel = count === channels && slope.shape.length <= node.shape.length && slope.shape[0] === channels
  if (!shared && !isPerChannel) {
    throw unsupported(`its slopes have the shape ${formatShape(slope.shape)}; one for all or one per channel is known`)
  }
  const params = shared ? { shared } : {}
  const weights = { slope: reshaped(slope, [count]) }
  return call.result(call.add('prelu', { params, inputs: [node], weights, hints: [slope.name] }))
}

/** Limits are attributes before opset 11. */
function clip(call: NodeCall): ImportValue {
  const limit = (index: number, name: string, none: number): number => {
    const tensor = call.floats(index)
    return tensor ? (singleNumber(tensor) ?? Number.NaN) : call.has(name) ? call.float(name, none) : none
  }
  const min = limit(1, 'min', Number.NEGATIVE_INFINITY)
  const max = limit(2, 'max', Number.POSITIVE_INFINITY)
  // Files of older tools write the limits of float32 for "none".
  const isOpen = max >= 3e38
  if (min === 0 && isOpen) return call.result(call.add('relu', { inputs: [call.layer(0)] }))
  if (min === 0 && max === 6) return call.result(call.add('relu6', { inputs: [call.layer(0)] }))
  throw unsupported(`it clips to ${min} .. ${max}; 0 .. 6 (ReLU6) and 0 .. infinity (ReLU) are known`)
}

/** At the very end it is left to the classifier, which has it in its loss. */
function softmax(call: NodeCall, ending: Ending): ImportValue {
  const arriving = call.activation(0)
  const { shape } = arriving.view
  const given = call.integer('axis', call.opset < 13 ? 1 : -1)
  const axis = given < 0 ? given + shape.length + 1 : given
  // Before opset 13 everything from the axis on counts as one.
  const overClasses = axis === 1 && (call.opset < 13 ? isFlat(shape) || shape.length === 1 : true)
  if (!overClasses)
    throw unsupported(`it runs over axis ${given} of [batch, ${shape.join(', ')}]; only channels are known`)
  if (call.around.leadsOnlyToOutputs(call.node.outputs[0] ?? '') && isFlat(shape)) {
    return { ...arriving, ending, isOnlyUse: false }
  }
  if (ending === 'log-softmax') throw unsupported('the logarithm of a softmax is known at the end of the graph only')
  return call.result(call.add('softmax', { inputs: [call.layer(0)] }))
}

/** One number per class, perhaps with axes of size 1 behind. */
function isFlat(shape: readonly number[]): boolean {
  if (shape.length === 0) throw new StudioError('shape-mismatch', 'it takes at least two axes')
  return shape.slice(1).every((size) => size === 1)
}
