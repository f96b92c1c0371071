/** Whether a provider really computes: one that loads may still have no device, a broken one, or one without a type of numbers. */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { onnxFloat, onnxFloat16 } from '../../../experiments/ops/onnx-lowering.ts'
import { OnnxGraphDraft, type OnnxGraph } from './onnx-graph.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'
import { OnnxSession, type RuntimeOptions } from './onnx-session.ts'

const opset = 17

/** A product of two matrices whose elements, and theirs, are whole and small: exact in float16 as well. */
function productGraph(type: 'float32' | 'float16'): OnnxGraph {
  const draft = new OnnxGraphDraft({ provider: 'portable', opset, contribOps: false })
  const cast = (name: string, to: number) => (type === 'float16' ? draft.node('Cast', [name], { to }) : name)
  const product = draft.node('MatMul', [cast('a', onnxFloat16), cast('b', onnxFloat16)])
  const inputs = [cast(product, onnxFloat)]
  draft.namedNode({ operator: 'Identity', domain: '', inputs, outputs: ['product'], attributes: {} })
  const matrix = (name: string) => ({ name, type: 'float32', shape: [2, 2] }) as const
  const [nodes, initializers] = [draft.nodeList, draft.initializers]
  return { name: 'look', nodes, initializers, inputs: ['a', 'b'].map(matrix), outputs: [matrix('product')] }
}

/**
 * Multiplies two matrices there.
 * @param type of the numbers that it multiplies
 * @throws StudioError `engine-failed` or `engine-unavailable` with the reason
 */
export async function computeSomething(
  place: Pick<RuntimeOptions, 'provider' | 'runtime'>,
  type: 'float32' | 'float16' = 'float32',
): Promise<void> {
  const runtime = place.runtime ?? (await loadOnnxRuntime())
  const session = await OnnxSession.open(productGraph(type), { ...place, threads: 1, opset, runtime })
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
