/** Which form of the filter gradient is fastest for which shape, on one thread: what conv2d-filter-gradient-onnx.ts chooses by. */
import { describe, it } from 'vitest'
import type { FilterGradientForm } from '../../../experiments/ops/conv2d-filter-gradient-onnx.ts'
import { elementCount, float32, type TensorType } from '../../../experiments/ops/tensor-type.ts'
import { openFilterGradient, type FilterGradient } from './filter-gradient.fixture.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'

/** Batch, channels, filters, image side, kernel side, padding. */
const shapes = [
  [128, 1, 6, 28, 5, 2],
  [128, 6, 16, 14, 5, 0],
  [64, 16, 16, 32, 3, 1],
  [64, 64, 64, 8, 3, 1],
  [32, 64, 128, 16, 3, 1],
  [32, 3, 64, 32, 3, 1],
  [32, 32, 64, 16, 5, 2],
  [32, 8, 16, 24, 5, 2],
] as const

function filterGradient([batch, channels, filters, side, kernel, padding]: (typeof shapes)[number]): FilterGradient {
  const output = side + 2 * padding - kernel + 1
  const edges = [padding, padding, padding, padding] as const
  return {
    x: float32(batch, channels, side, side),
    dy: float32(batch, filters, output, output),
    dFilter: float32(filters, channels, kernel, kernel),
    attributes: { kernel: [kernel, kernel], strides: [1, 1], dilations: [1, 1], padding: edges, groups: 1 },
  }
}

/** A function that computes the gradient once, in the given form. */
async function prepare(gradient: FilterGradient, form: FilterGradientForm): Promise<() => Promise<void>> {
  const session = await openFilterGradient(gradient, form)
  const { Tensor } = await loadOnnxRuntime()
  const tensor = ({ shape }: TensorType) =>
    new Tensor('float32', Float32Array.from({ length: elementCount(shape) }, Math.random), shape)
  const feeds = { x: tensor(gradient.x), dy: tensor(gradient.dy) }
  const fetches = { dFilter: tensor(gradient.dFilter) }
  return () => session.run(feeds, fetches)
}

describe('filter gradient: batch, channels, filters, image, kernel, padding', () => {
  const titled = shapes.map((shape) => ({ title: shape.join(', '), shape }))
  it.for(titled)('$title', async ({ shape }, { bench }) => {
    const gradient = filterGradient(shape)
    const [joined, apart, byRow, byImage] = await Promise.all([
      prepare(gradient, 'joined'),
      prepare(gradient, 'apart'),
      prepare(gradient, 'by-row'),
      prepare(gradient, 'by-image'),
    ])
    await bench.compare(
      bench('joined', joined),
      bench('apart', apart),
      bench('by row', byRow),
      bench('by image', byImage),
      { time: 500 },
    )
  })
})
