/**
 * y = mean of x over `axes`, n elements each. dx = dy / n repeated along them.
 */
import { booleanAttribute, integersAttribute } from './attributes.ts'
import { broadcastTo } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { onnxReduce } from './onnx-reduce.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { keptShape, reducedShape } from './reduced-shape.ts'
import { reshape } from './reshape.ts'
import { elementCount } from './tensor-type.ts'

export const reduceMeanOp = defineOp({
  name: 'reduceMean',
  summary: 'Mean over axes',
  inputs: ['x'],
  attributes: { axes: integersAttribute, keepAxes: booleanAttribute },
  shape: (inputs, { axes, keepAxes }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of reduceMean', x, 'float32')
    return [{ dtype: x.dtype, shape: reducedShape('reduceMean', x.shape, axes, keepAxes) }]
  },
  cost: () => noCost,
  reach: 'all',
  gradient: ({ b, inputs, attributes, upstream }) => {
    const x = inputAt(inputs, 0)
    const dy = reshape(b, inputAt(upstream, 0), keptShape(x.type.shape, attributes.axes))
    const share = elementCount(dy.type.shape) / elementCount(x.type.shape)
    return [broadcastTo(b, multiply(b, dy, constant(b, share)), x.type.shape)]
  },
  onnx: (l) => {
    const { axes, keepAxes } = l.attributes
    const x = inputAt(l.inputs, 0)
    // Other tools know the mean over an image by its own operator.
    const isGlobalPool = inputAt(l.inputTypes, 0).shape.length === 4 && axes.join() === '2,3'
    if (l.target.provider !== 'portable' || !isGlobalPool) return [onnxReduce(l, 'ReduceMean', x, axes, keepAxes)]
    const pooled = l.node('GlobalAveragePool', [x])
    return [keepAxes ? pooled : l.node('Flatten', [pooled], { axis: 1 })]
  },
})

/** Over `axes`, all of them when left out; the reduced axes disappear unless `keepAxes`. */
export function reduceMean(
  b: OpEmitter,
  x: Value,
  axes: readonly number[] = x.type.shape.map((_, i) => i),
  keepAxes = false,
): Value {
  return emitOne(b, reduceMeanOp, [x], { axes, keepAxes })
}
