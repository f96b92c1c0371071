/**
 * How many channels ONNX Runtime's blocked operators put side by side on this processor: 16 with AVX-512, 8 with AVX2 or NEON. The runtime
 * does not say, so a tiny model is run whose output is rounded up to one block. Processors without these operators have none.
 */
import { loadOnnxRuntime } from '../onnx-runtime.ts'
import { OnnxGraphDraft } from '../onnx-graph.ts'
import { serialiseModel } from '../onnx-model.ts'
import { blockedDomain } from './blocked-graph.ts'

let detected: Promise<number | undefined> | undefined

/** Undefined where the operators do not exist. Asked once per process. */
export function detectBlockSize(): Promise<number | undefined> {
  detected ??= probe()
  return detected
}

async function probe(): Promise<number | undefined> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime()
  const draft = new OnnxGraphDraft({ provider: 'cpu', opset: 17, contribOps: true })
  draft.namedNode({ operator: 'ReorderInput', domain: blockedDomain, inputs: ['x'], outputs: ['y'], attributes: {} })
  const model = serialiseModel(
    {
      name: 'block size',
      nodes: draft.nodeList,
      initializers: [],
      inputs: [{ name: 'x', type: 'float32', shape: [1, 4, 1, 1] }],
      outputs: [{ name: 'y', type: 'float32', shape: [1, 'block', 1, 1] }],
    },
    17,
  )
  try {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 4 } as const
    const session = await InferenceSession.create(model, options)
    const outputs = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 4, 1, 1]) })
    await session.release()
    const y = outputs['y']
    const block = y?.dims[1]
    const isAsKnown = block !== undefined && block >= 4 && [1, 2, 3, 4].every((value, i) => y?.data[i] === value)
    return isAsKnown ? block : undefined
  } catch {
    return undefined
  }
}
