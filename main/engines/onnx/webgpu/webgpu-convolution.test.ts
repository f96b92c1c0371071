/**
 * The convolutions that onnxruntime's WebGPU provider computes wrongly, found by trying: those that `onnxConvolution` rewrites are right, and
 * the plain ones are still wrong. When the second part fails, the runtime was mended, and the rewriting can go.
 */
import { describe, expect, it } from 'vitest'
import { onnxConvolution, onnxTransposedConvolution } from '../../../../experiments/ops/onnx-convolution.ts'
import { plainConvolution } from '../../../../experiments/ops/convolution.ts'
import { ints, type OnnxProvider } from '../../../../experiments/ops/onnx-lowering.ts'
import { webgpu } from '../../engines.fixture.ts'
import { draftMethods } from '../lower-program.ts'
import { OnnxGraphDraft } from '../onnx-graph.ts'
import { loadOnnxRuntime } from '../onnx-runtime.ts'
import { OnnxSession } from '../onnx-session.ts'

interface Sizes {
  readonly channels: number
  readonly outputs: number
  readonly groups: number
  readonly kernel: number
}

const size = 7

/** @param lowered for which provider the nodes are made, @param run which provider runs them */
async function convolve(
  { channels, outputs, groups, kernel }: Sizes,
  lowered: OnnxProvider,
  run: 'cpu' | 'webgpu',
): Promise<Float32Array> {
  const target = { provider: lowered, opset: 17, contribOps: false } as const
  const draft = new OnnxGraphDraft(target)
  const filterShape = [outputs, channels / groups, kernel, kernel]
  const side = size - kernel + 1
  const convolution = { x: 'x', filter: 'filter', bias: 'bias', channels, filterShape }
  const attributes = { ...plainConvolution, groups }
  const y = onnxConvolution(draftMethods(draft), { ...convolution, outputSize: [side, side] }, attributes)
  const shapes = { x: [2, channels, size, size], filter: filterShape, bias: [outputs] }
  return runGraph(draft, y, shapes, [2, outputs, side, side], run)
}

async function runGraph(
  draft: OnnxGraphDraft,
  y: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  made: readonly number[],
  run: 'cpu' | 'webgpu',
): Promise<Float32Array> {
  draft.namedNode({ operator: 'Identity', domain: '', inputs: [y], outputs: ['y'], attributes: {} })
  const session = await OnnxSession.open(
    {
      name: 'convolution',
      nodes: draft.nodeList,
      initializers: draft.initializers,
      inputs: Object.entries(shapes).map(([name, shape]) => ({ name, type: 'float32', shape })),
      outputs: [{ name: 'y', type: 'float32', shape: made }],
    },
    { provider: run, threads: 1, opset: draft.target.opset },
  )
  const { Tensor } = await loadOnnxRuntime()
  const feeds = Object.entries(shapes).map(([name, shape], start) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(start + 13 * i))
    return [name, new Tensor('float32', values, shape)] as const
  })
  const { y: result } = await session.runForOutputs(Object.fromEntries(feeds))
  const values = Float32Array.from(result?.data as Float32Array)
  await session.close()
  return values
}

async function differenceOf(how: typeof convolve, sizes: Sizes, lowered: OnnxProvider): Promise<number> {
  const expected = await how(sizes, 'portable', 'cpu')
  const actual = await how(sizes, lowered, 'webgpu')
  expect(actual).toHaveLength(expected.length)
  return Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))))
}

/** Of 2 x 2 with stride 2. */
async function transpose(
  { channels, outputs, groups }: Omit<Sizes, 'kernel'>,
  lowered: OnnxProvider,
  run: 'cpu' | 'webgpu',
): Promise<Float32Array> {
  const draft = new OnnxGraphDraft({ provider: lowered, opset: 17, contribOps: false })
  const filterShape = [channels, outputs / groups, 2, 2]
  const convolution = { dy: 'dy', filter: 'filter', filterShape, outputSize: [8, 8], groups } as const
  const attributes = { kernel_shape: ints([2, 2]), strides: ints([2, 2]), group: groups }
  const y = onnxTransposedConvolution(draftMethods(draft), convolution, attributes)
  return runGraph(draft, y, { dy: [2, channels, 4, 4], filter: filterShape }, [2, outputs, 8, 8], run)
}

const wrong: readonly Sizes[] = [
  { channels: 6, outputs: 16, groups: 1, kernel: 5 },
  { channels: 9, outputs: 4, groups: 1, kernel: 3 },
  { channels: 2, outputs: 10, groups: 2, kernel: 3 },
  { channels: 6, outputs: 12, groups: 2, kernel: 1 },
  { channels: 8, outputs: 20, groups: 4, kernel: 3 },
]
const right: readonly Sizes[] = [
  { channels: 3, outputs: 8, groups: 1, kernel: 3 },
  { channels: 6, outputs: 5, groups: 1, kernel: 3 },
  { channels: 15, outputs: 6, groups: 1, kernel: 1 },
  { channels: 12, outputs: 12, groups: 1, kernel: 3 },
  { channels: 6, outputs: 18, groups: 3, kernel: 3 },
  { channels: 8, outputs: 8, groups: 8, kernel: 3 },
  { channels: 4, outputs: 16, groups: 2, kernel: 3 },
]

describe.skipIf(webgpu.absence !== '')(`convolution on ${webgpu.title}`, () => {
  const name = '$channels channels to $outputs in $groups groups, $kernel x $kernel'

  it.each([...wrong, ...right])(`is right: ${name}`, async (sizes) => {
    expect(await differenceOf(convolve, sizes, 'webgpu')).toBeLessThan(1e-4)
  })

  it.each([
    { channels: 4, outputs: 2, groups: 2, kernel: 2 },
    { channels: 8, outputs: 4, groups: 4, kernel: 2 },
  ])('is right transposed, and wrong as one node: $channels channels to $outputs in $groups groups', async (sizes) => {
    expect(await differenceOf(transpose, sizes, 'webgpu')).toBeLessThan(1e-4)
    expect(await differenceOf(transpose, sizes, 'portable')).toBeGreaterThan(0.01)
  })

  it.each(wrong)(`would be wrong as one node: ${name}`, async (sizes) => {
    expect(await differenceOf(convolve, sizes, 'portable')).toBeGreaterThan(0.01)
  })
})
