/** Index of the largest element along the last axis, the first one among equals. */
import { defineOp, noCost, nonDifferentiable } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { onnxInt32, type OnnxLowering } from './onnx-lowering.ts'
import { onnxReduce } from './onnx-reduce.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const argmaxOp = defineOp({
  name: 'argmax',
  summary: 'Index of the largest element along the last axis',
  inputs: ['x'],
  attributes: {},
  shape: (inputs) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of argmax', x, 'float32')
    return [{ dtype: 'int32', shape: x.shape.slice(0, -1) }]
  },
  cost: () => noCost,
  gradient: nonDifferentiable('its output is an index'),
  onnx: (l) => {
    if (l.target.provider === 'webgpu') return [smallestIndexOfLargest(l)]
    return [l.node('Cast', [l.node('ArgMax', l.inputs, { axis: -1, keepdims: 0 })], { to: onnxInt32 })]
  },
})

export function argmax(b: OpEmitter, x: Value): Value {
  return emitOne(b, argmaxOp, [x], {})
}

/** WebGPU does not know the 64-bit integers that ArgMax makes. */
function smallestIndexOfLargest(l: OnnxLowering<object>): string {
  const x = inputAt(l.inputs, 0)
  const { shape } = inputAt(l.inputTypes, 0)
  const last = shape.length - 1
  const size = shape[last] ?? 1
  const indices = l.floats(Array.from({ length: size }, (_, i) => i))
  const isLargest = l.node('Equal', [x, onnxReduce(l, 'ReduceMax', x, [last], true)])
  const candidates = l.node('Where', [isLargest, indices, l.scalar(size)])
  return l.node('Cast', [onnxReduce(l, 'ReduceMin', candidates, [last], false)], { to: onnxInt32 })
}
