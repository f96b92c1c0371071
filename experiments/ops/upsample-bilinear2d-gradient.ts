/**
 * The transpose of bilinear up-sampling: each pixel collects dy from the positions it was a part of. Linear, its transpose is the up-sampling.
 */
import { StudioError } from '../errors/studio-error.ts'
import { pairAttribute, type Pair } from './attributes.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectAxes, expectDataType, imageAxes, inputAt } from './expect-type.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { linearMap, onnxResample } from './resample.ts'
import { formatShape } from './tensor-type.ts'
import { upsampleBilinear2d } from './upsample-bilinear2d.ts'

export const upsampleBilinear2dGradientOp = defineOp({
  name: 'upsampleBilinear2dGradient',
  summary: 'Gradient of bilinear up-sampling by its input',
  inputs: ['dy'],
  attributes: { factor: pairAttribute },
  shape: (inputs, { factor }) => {
    const dy = inputAt(inputs, 0)
    expectDataType('dy of upsampleBilinear2dGradient', dy, 'float32')
    expectAxes('dy of upsampleBilinear2dGradient', dy, imageAxes)
    const [batch = 1, channels = 1, height = 1, width = 1] = dy.shape
    if (height % factor[0] !== 0 || width % factor[1] !== 0) {
      throw new StudioError(
        'shape-mismatch',
        `${formatShape(dy.shape)} is no image up-sampled by ${formatShape(factor)}`,
      )
    }
    return [{ dtype: dy.dtype, shape: [batch, channels, height / factor[0], width / factor[1]] }]
  },
  cost: () => noCost,
  gradient: ({ b, attributes: { factor }, upstream }) => [upsampleBilinear2d(b, inputAt(upstream, 0), factor)],
  onnx: (l) => {
    const { factor } = l.attributes
    const [height = 1, width = 1] = inputAt(l.outputTypes, 0).shape.slice(2)
    const rows = linearMap(height, factor[0])
    const columns = linearMap(width, factor[1])
    return [onnxResample(l, inputAt(l.inputs, 0), rows, columns, [height, width], true)]
  },
})

export function upsampleBilinear2dGradient(b: OpEmitter, dy: Value, factor: Pair): Value {
  return emitOne(b, upsampleBilinear2dGradientOp, [dy], { factor })
}
