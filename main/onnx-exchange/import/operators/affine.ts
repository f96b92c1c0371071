/**
 * y = factor x + offset with known numbers, for all elements or per channel. Where x is made by a convolution, a dense layer or a batch
 * normalisation for this alone, the numbers go into its weights, which is the same up to rounding. Elsewhere a factor for all is a Scale
 * layer, and anything per channel is a depthwise 1x1 convolution.
 */
import { elementCount, formatShape } from '../../../../experiments/ops/tensor-type.ts'
import type { FloatTensor } from '../../read/constant-tensor.ts'
import { combine, filledTensor, reshaped, singleNumber } from '../float-tensors.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import type { DraftNode } from '../network-draft.ts'

export function addToChannels(call: NodeCall, index: number, numbers: FloatTensor): ImportValue {
  const node = call.layer(index)
  const offset = perChannel(numbers, node)
  if (isMadeForThis(call, index, node)) {
    const folded = { conv2d: 'bias', dense: 'bias', 'batch-normalization': 'shift' }[node.type]
    if (folded !== undefined) {
      const present = node.weights.get(folded)
      node.weights.set(folded, present ? combine(present, offset, (a, b) => a + b) : offset)
      if (folded === 'bias') node.params = { ...node.params, bias: true }
      return call.viewed(index, call.activation(index).view)
    }
  }
  if (singleNumber(numbers) === 0) return call.viewed(index, call.activation(index).view)
  return depthwise(call, node, filledTensor('', offset.shape, 1), offset)
}

export function multiplyChannels(call: NodeCall, index: number, numbers: FloatTensor): ImportValue {
  const node = call.layer(index)
  const factor = perChannel(numbers, node)
  const single = elementCount(numbers.shape) === 1 ? singleNumber(numbers) : undefined
  const scaled = (name: string, shape: readonly number[]) => {
    const weight = node.weights.get(name)
    if (weight)
      node.weights.set(name, { ...combine(weight, reshaped(factor, shape), (a, b) => a * b), name: weight.name })
  }
  const channels = node.shape[0] ?? 1
  if (isMadeForThis(call, index, node)) {
    if (node.type === 'batch-normalization') {
      scaled('scale', [channels])
      scaled('shift', [channels])
      return call.viewed(index, call.activation(index).view)
    }
    if (single === undefined && (node.type === 'conv2d' || node.type === 'dense')) {
      const kernel = node.weights.get('kernel')
      call.around.spend(elementCount(kernel?.shape ?? []))
      scaled('kernel', [channels, ...(kernel?.shape.slice(1).map(() => 1) ?? [])])
      scaled('bias', [channels])
      return call.viewed(index, call.activation(index).view)
    }
  }
  if (single === 1) return call.viewed(index, call.activation(index).view)
  if (single !== undefined) return call.result(call.add('scale', { params: { factor: single }, inputs: [node] }))
  return depthwise(call, node, factor, undefined)
}

/** Nothing else sees what the layer makes without these numbers. */
function isMadeForThis(call: NodeCall, index: number, node: DraftNode): boolean {
  return call.isOnlyUse(index) && call.activation(index).node === node
}

/** [channels], when the numbers are one for all or one per channel of [batch, channels, ...]. */
function perChannel(numbers: FloatTensor, node: DraftNode): FloatTensor {
  const channels = node.shape[0] ?? 1
  const rank = node.shape.length + 1
  const padded = [...new Array<number>(Math.max(0, rank - numbers.shape.length)).fill(1), ...numbers.shape]
  const fits = padded.length === rank && padded.every((size, axis) => size === 1 || (axis === 1 && size === channels))
  if (!fits) {
    throw unsupported(
      `it combines [batch, ${node.shape.join(', ')}] with known numbers ${formatShape(numbers.shape)}; one number, or one per channel, is known`,
    )
  }
  const flat = reshaped(numbers, [elementCount(numbers.shape)])
  return { ...combine(flat, filledTensor('', [channels], 0), (value) => value), name: numbers.name }
}

function depthwise(call: NodeCall, node: DraftNode, factor: FloatTensor, offset: FloatTensor | undefined): ImportValue {
  const [channels = 1] = node.shape
  if (node.shape.length !== 3)
    throw unsupported('it changes single features by known numbers, and no layer before it can take them over')
  const params = { filters: channels, groups: channels, kernel: 1, padding: 'valid', bias: offset !== undefined }
  const weights = { kernel: reshaped(factor, [channels, 1, 1, 1]), ...(offset && { bias: offset }) }
  const hints = [factor.name, offset?.name ?? ''].filter((name) => name !== '')
  return call.result(call.add('conv2d', { params, inputs: [node], weights, hints }))
}
