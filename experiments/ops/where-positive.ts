/** `a` where the condition is greater than 0, else `b`: what is not chosen may be anything, also no number. All three broadcast. */
import { broadcastShape, sumToShape } from './broadcast-shape.ts'
import { broadcastTo } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'

export const wherePositiveOp = defineOp({
  name: 'wherePositive',
  summary: 'Elements of one tensor where a condition is positive, else of another',
  inputs: ['condition', 'a', 'b'],
  attributes: {},
  shape: (inputs) => {
    const [condition, a, b] = [0, 1, 2].map((i) => {
      const type = inputAt(inputs, i)
      expectDataType('every input of wherePositive', type, 'float32')
      return type.shape
    })
    const shape = broadcastShape('wherePositive', a ?? [], b ?? [])
    return [{ dtype: 'float32', shape: broadcastShape('wherePositive', condition ?? [], shape) }]
  },
  cost: () => noCost,
  gradient: ({ b, inputs, outputs, upstream, wants }) => {
    const condition = inputAt(inputs, 0)
    const dy = inputAt(upstream, 0)
    const zeros = broadcastTo(b, constant(b, 0), inputAt(outputs, 0).type.shape)
    const by = (input: number, gradient: () => Value) =>
      wants[input] ? sumToShape(b, gradient(), inputAt(inputs, input).type.shape) : undefined
    return [
      undefined,
      by(1, () => wherePositive(b, condition, dy, zeros)),
      by(2, () => wherePositive(b, condition, zeros, dy)),
    ]
  },
  onnx: (l) => {
    const [condition = '', a = '', b = ''] = l.inputs
    return [l.node('Where', [l.node('Greater', [condition, l.scalar(0)]), a, b])]
  },
})

export function wherePositive(b: OpEmitter, condition: Value, a: Value, other: Value): Value {
  return emitOne(b, wherePositiveOp, [condition, a, other], {})
}
