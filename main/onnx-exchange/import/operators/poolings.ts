/** MaxPool, AveragePool, the global ones, and ReduceMean over the image, which is one of them. */
import { spatialSize } from '../../../../experiments/ops/convolution.ts'
import { float32 } from '../../../../experiments/ops/tensor-type.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import type { OperatorTable } from './operator-rule.ts'
import { paddingParam, readWindow } from './windows.ts'

export const poolingRules: OperatorTable = {
  MaxPool: (call) => {
    call.integer('storage_order', 0)
    return pooled(call, 'max-pool2d', {})
  },
  AveragePool: averagePool,
  GlobalAveragePool: (call) => globalPool(call, 'global-average-pool', true),
  GlobalMaxPool: (call) => globalPool(call, 'global-max-pool', true),
  ReduceMean: (call) => {
    expectImageAxes(call)
    return globalPool(call, 'global-average-pool', call.integer('keepdims', 1) === 1)
  },
  ReduceMax: (call) => {
    expectImageAxes(call)
    return globalPool(call, 'global-max-pool', call.integer('keepdims', 1) === 1)
  },
}

function averagePool(call: NodeCall): ImportValue {
  const countPadding = call.integer('count_include_pad', 0) === 1
  return pooled(call, 'average-pool2d', countPadding ? { countPadding } : {})
}

function pooled(call: NodeCall, type: string, more: Readonly<Record<string, boolean>>): ImportValue {
  const image = call.images(0)
  const { kernel, stride, padding, dilation } = readWindow(call, spatialSize(float32(...image.shape)))
  if (dilation.some((distance) => distance !== 1)) throw unsupported('its window has dilations; the layer has none')
  const ceilMode = call.integer('ceil_mode', 0) === 1
  const params = { kernel, stride, padding: paddingParam(padding), ...(ceilMode && { ceilMode }), ...more }
  return call.result(call.add(type, { params, inputs: [image] }))
}

/** A list of features where only that is wanted of it, so that no layer is needed to flatten it. */
function globalPool(call: NodeCall, type: string, keepsImage: boolean): ImportValue {
  const image = call.images(0)
  const followers = call.around.followers(call.node.outputs[0] ?? '')
  const isFlattened = followers.every(({ operator, outputs }) => {
    if (operator === 'Softmax' || operator === 'LogSoftmax') return call.around.leadsOnlyToOutputs(outputs[0] ?? '')
    return ['Flatten', 'Reshape', 'Squeeze'].includes(operator)
  })
  const keepSize = keepsImage && !isFlattened
  const node = call.add(type, { params: keepSize ? { keepSize } : {}, inputs: [image] })
  if (keepSize || !keepsImage) return call.result(node)
  const [channels = 1] = node.shape
  return call.result(node, { shape: [channels, 1, 1], axes: [[{ size: channels, stride: 1 }], [], []] })
}

function expectImageAxes(call: NodeCall): void {
  const axes = (call.numbers('axes', 1) ?? []).map((axis) => (axis < 0 ? axis + 4 : axis)).toSorted((a, b) => a - b)
  if (axes.join() !== '2,3')
    throw unsupported(`it reduces the axes ${axes.join(', ') || 'of everything'}; only height and width are known`)
}
