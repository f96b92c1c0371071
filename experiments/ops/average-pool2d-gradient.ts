/**
 * dx[p, q] = sum of dy[i, j] / count[i, j] over the windows (i, j) that hold (p, q). Linear in dy; its transpose is average pooling.
 */
import { pairAttribute, type AttributesOf, type Pair } from './attributes.ts'
import { averagePool2d } from './average-pool2d.ts'
import { spatialSize } from './convolution.ts'
import { defineOp, noCost } from './define-op.ts'
import { expectShape, inputAt } from './expect-type.ts'
import type { OnnxLowering } from './onnx-lowering.ts'
import { averagePoolingAttributes, pooledType, poolingWindow } from './pooling.ts'
import { emitOne, type OpEmitter, type Value } from './program.ts'
import { axisPadding, type Window } from './window.ts'
import { spreadWindow } from './window-onnx.ts'

const attributeTable = { ...averagePoolingAttributes, imageSize: pairAttribute }
type AverageGradientAttributes = AttributesOf<typeof attributeTable>

export const averagePool2dGradientOp = defineOp({
  name: 'averagePool2dGradient',
  summary: 'Gradient of average pooling by its input',
  inputs: ['dy'],
  attributes: attributeTable,
  shape: (inputs, attributes) => {
    const dy = inputAt(inputs, 0)
    const x = { dtype: dy.dtype, shape: [...dy.shape.slice(0, 2), ...attributes.imageSize] }
    const pooled = pooledType(x, attributes, 'the gradient of average pooling')
    expectShape('dy of averagePool2dGradient', dy, pooled.shape)
    return [x]
  },
  cost: () => noCost,
  gradient: ({ b, attributes: { imageSize: _, ...attributes }, upstream }) => [
    averagePool2d(b, inputAt(upstream, 0), attributes),
  ],
  onnx: (l) => [lower(l)],
})

function lower(l: OnnxLowering<AverageGradientAttributes>): string {
  const window = poolingWindow(l.attributes)
  const { imageSize, countPadding } = l.attributes
  const output = spatialSize(inputAt(l.inputTypes, 0))
  const shape = inputAt(l.outputTypes, 0).shape
  if (tiles(window, imageSize, output)) return repeatTiles(l, window.kernel, output, shape)
  const counts = windowCounts(window, imageSize, output, countPadding)
  const shares = l.floats(
    counts.map((count) => 1 / count),
    [1, 1, ...output],
  )
  const share = l.node('Mul', [inputAt(l.inputs, 0), shares])
  return spreadWindow(l, new Array<string>(window.kernel[0] * window.kernel[1]).fill(share), window, imageSize, shape)
}

/** Whether the windows cover the image side by side, without gap, overlap or rest. */
function tiles({ kernel, strides }: Window, image: Pair, output: Pair): boolean {
  return [0, 1].every(
    (axis) => kernel[axis] === strides[axis] && image[axis] === (kernel[axis] ?? 0) * (output[axis] ?? 0),
  )
}

/**
 * Each element becomes a tile. Expand is slow at short repetitions: 2x2 tiles of 128x6x14x14 take 4.4 ms, with Resize, which
 * has a fast path for exactly them, 0.3 ms, and as a product with a 0/1 matrix 0.5 ms.
 */
function repeatTiles(
  l: OnnxLowering<AverageGradientAttributes>,
  kernel: Pair,
  output: Pair,
  shape: readonly number[],
): string {
  const dy = inputAt(l.inputs, 0)
  const share = 1 / (kernel[0] * kernel[1])
  if (l.target.provider === 'cpu' && kernel[0] === 2 && kernel[1] === 2) {
    return l.node('Resize', [l.node('Mul', [dy, l.scalar(share)]), '', l.floats([1, 1, 2, 2])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    })
  }
  if (l.target.provider === 'cpu' && output[1] <= widestProduct) {
    const rows = l.node('Reshape', [dy, l.integers([-1, output[1]])])
    return l.node('Reshape', [l.node('MatMul', [rows, repeatMatrix(l, kernel, output[1], share)]), l.integers(shape)])
  }
  const images = (shape[0] ?? 1) * (shape[1] ?? 1)
  const scaled = l.node('Mul', [dy, l.scalar(share)])
  const split = l.node('Reshape', [scaled, l.integers([images, output[0], 1, output[1], 1])])
  const repeated = l.node('Expand', [split, l.integers([images, output[0], kernel[0], output[1], kernel[1]])])
  return l.node('Reshape', [repeated, l.integers(shape)])
}

/** Above this many columns the product costs more than it saves. */
const widestProduct = 64

/** [columns, kernel height x columns x kernel width]: a row of dy times this is all rows of its tiles, one behind the other. */
function repeatMatrix(
  l: OnnxLowering<AverageGradientAttributes>,
  kernel: Pair,
  columns: number,
  share: number,
): string {
  const width = columns * kernel[1]
  const values = new Float32Array(columns * kernel[0] * width)
  for (let column = 0; column < columns; column++)
    for (let u = 0; u < kernel[0]; u++)
      for (let v = 0; v < kernel[1]; v++) values[(column * kernel[0] + u) * width + column * kernel[1] + v] = share
  return l.floats(values, [columns, kernel[0] * width])
}

/** How many elements each window divides by, row-major over output positions. */
export function windowCounts(window: Window, image: Pair, output: Pair, countPadding: boolean): readonly number[] {
  const inside = (axis: 0 | 1, position: number) => {
    const start = position * window.strides[axis] - axisPadding(window.padding, axis)[0]
    return Math.min(start + window.kernel[axis], image[axis]) - Math.max(start, 0)
  }
  return Array.from({ length: output[0] * output[1] }, (_, i) =>
    countPadding
      ? window.kernel[0] * window.kernel[1]
      : inside(0, Math.floor(i / output[1])) * inside(1, i % output[1]),
  )
}

export function averagePool2dGradient(b: OpEmitter, dy: Value, attributes: AverageGradientAttributes): Value {
  return emitOne(b, averagePool2dGradientOp, [dy], attributes)
}
