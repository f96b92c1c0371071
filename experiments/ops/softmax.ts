/**
 * y = exp x / sum exp x along `axis`, the largest subtracted first. dx = y (dy - sum of dy y along the axis).
 */
import { StudioError } from '../errors/studio-error.ts'
import { integerAttribute } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import { multiply } from './multiply.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { reduceSum } from './reduce-sum.ts'
import { subtract } from './subtract.ts'
import { formatShape } from './tensor-type.ts'

export const softmaxOp = defineOp({
  name: 'softmax',
  summary: 'Positive numbers that sum to 1 along an axis',
  inputs: ['x'],
  attributes: { axis: integerAttribute },
  shape: (inputs, { axis }) => {
    const x = inputAt(inputs, 0)
    expectDataType('the input of softmax', x, 'float32')
    if (axis < 0 || axis >= x.shape.length)
      throw new StudioError('shape-mismatch', `softmax along axis ${axis} of ${formatShape(x.shape)}`)
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, outputs, attributes: { axis }, upstream }) => {
    const dy = inputAt(upstream, 0)
    const y = inputAt(outputs, 0)
    const common = reduceSum(b, multiply(b, dy, y), [axis], true)
    return [multiply(b, y, subtract(b, dy, common))]
  },
  onnx: (l) => [l.node('Softmax', l.inputs, { axis: l.attributes.axis })],
})

export function softmax(b: OpEmitter, x: Value, axis: number): Value {
  return emitOne(b, softmaxOp, [x], { axis })
}
