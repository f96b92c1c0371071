/**
 * y = sum of x^2 over `axes`. dx = 2 dy x.
 */
import { booleanAttribute, integersAttribute } from './attributes.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { onnxReduce } from './onnx-reduce.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { keptShape, reducedShape } from './reduced-shape.ts'
import { reshape } from './reshape.ts'

export const reduceSumSquareOp = defineOp({
  name: 'reduceSumSquare',
  summary: 'Sum of squares over axes',
  inputs: ['x'],
  attributes: { axes: integersAttribute, keepAxes: booleanAttribute },
  shape: (inputs, { axes, keepAxes }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of reduceSumSquare', x, 'float32')
    return [{ dtype: x.dtype, shape: reducedShape('reduceSumSquare', x.shape, axes, keepAxes) }]
  },
  cost: () => noCost,
  reach: 'all',
  gradient: ({ b, inputs, attributes, upstream }) => {
    const x = inputAt(inputs, 0)
    const dy = reshape(b, inputAt(upstream, 0), keptShape(x.type.shape, attributes.axes))
    return [multiply(b, multiply(b, constant(b, 2), dy), x)]
  },
  onnx: (l) => [onnxReduce(l, 'ReduceSumSquare', inputAt(l.inputs, 0), l.attributes.axes, l.attributes.keepAxes)],
})

/** Over `axes`, all of them when left out; the reduced axes disappear unless `keepAxes`. */
export function reduceSumSquare(
  b: OpEmitter,
  x: Value,
  axes: readonly number[] = x.type.shape.map((_, i) => i),
  keepAxes = false,
): Value {
  return emitOne(b, reduceSumSquareOp, [x], { axes, keepAxes })
}
