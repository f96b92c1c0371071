/** Whether a provider really computes: one that loads may still have no device, or a broken one. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { OnnxGraph } from './onnx-graph.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'
import { OnnxSession, type RuntimeOptions } from './onnx-session.ts'

const graph: OnnxGraph = {
  name: 'look',
  nodes: [{ operator: 'MatMul', domain: '', inputs: ['a', 'b'], outputs: ['product'], attributes: {} }],
  initializers: [],
  inputs: [
    { name: 'a', type: 'float32', shape: [2, 2] },
    { name: 'b', type: 'float32', shape: [2, 2] },
  ],
  outputs: [{ name: 'product', type: 'float32', shape: [2, 2] }],
}

/** Multiplies two matrices there. @throws StudioError `engine-failed` or `engine-unavailable` with the reason */
export async function computeSomething(place: Pick<RuntimeOptions, 'provider' | 'runtime'>): Promise<void> {
  const runtime = place.runtime ?? (await loadOnnxRuntime())
  const session = await OnnxSession.open(graph, { ...place, threads: 1, opset: 17, runtime })
  try {
    const matrix = (values: readonly number[]) => new runtime.Tensor('float32', Float32Array.from(values), [2, 2])
    const { product } = await session.runForOutputs({ a: matrix([1, 2, 3, 4]), b: matrix([5, 6, 7, 8]) })
    const received = String(product?.data)
    if (received !== '19,22,43,50') {
      throw new StudioError('engine-failed', `the device computed ${received} where 19,22,43,50 is right`, { received })
    }
  } finally {
    await session.close()
  }
}
