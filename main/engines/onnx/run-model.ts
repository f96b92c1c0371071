/**
 * Runs an ONNX model once on the processor: to compare an exported file with the network that it came from. Only for models that this
 * studio made: a malformed one can end the process.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { loadOnnxRuntime } from './onnx-runtime.ts'

export interface ModelTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface RunModelOptions {
  /** Default: all cores. */
  readonly threads?: number
}

/**
 * @param model its bytes, or the path of its file where it has data beside it
 * @returns every output, as float32
 * @throws StudioError `engine-unavailable`, or `engine-failed` when onnxruntime refuses the model or its inputs
 */
export async function runModel(
  model: Uint8Array | string,
  inputs: Readonly<Record<string, ModelTensor>>,
  { threads = 0 }: RunModelOptions = {},
): Promise<Readonly<Record<string, ModelTensor>>> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime()
  const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)])
  const options = { intraOpNumThreads: threads, logSeverityLevel: 3 } as const
  try {
    const session = await (typeof model === 'string'
      ? InferenceSession.create(model, options)
      : InferenceSession.create(model, options))
    try {
      const outputs = await session.run(Object.fromEntries(feeds) as Record<string, InstanceType<typeof Tensor>>)
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { dims, data }]) => [name, { shape: dims, data: data as Float32Array }]),
      )
    } finally {
      await session.release()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('engine-failed', `onnxruntime cannot run the model: ${reason}`, { reason }, error)
  }
}
