/**
 * y = sum of x over `axes`. dx = dy repeated along them.
 */
import { booleanAttribute, integersAttribute } from './attributes.ts'
import { broadcastTo } from './broadcast-to.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { onnxReduce } from './onnx-reduce.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { keptShape, reducedShape } from './reduced-shape.ts'
import { reshape } from './reshape.ts'

export const reduceSumOp = defineOp({
  name: 'reduceSum',
  summary: 'Sum over axes',
  inputs: ['x'],
  attributes: { axes: integersAttribute, keepAxes: booleanAttribute },
  shape: (inputs, { axes, keepAxes }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of reduceSum', x, 'float32')
    return [{ dtype: x.dtype, shape: reducedShape('reduceSum', x.shape, axes, keepAxes) }]
  },
  cost: () => noCost,
  reach: 'all',
  gradient: ({ b, inputs, attributes, upstream }) => {
    const x = inputAt(inputs, 0)
    const dy = reshape(b, inputAt(upstream, 0), keptShape(x.type.shape, attributes.axes))
    return [broadcastTo(b, dy, x.type.shape)]
  },
  onnx: (l) => [onnxReduce(l, 'ReduceSum', inputAt(l.inputs, 0), l.attributes.axes, l.attributes.keepAxes)],
})

/** Over `axes`, all of them when left out; the reduced axes disappear unless `keepAxes`. */
export function reduceSum(
  b: OpEmitter,
  x: Value,
  axes: readonly number[] = x.type.shape.map((_, i) => i),
  keepAxes = false,
): Value {
  return emitOne(b, reduceSumOp, [x], { axes, keepAxes })
}
