/** Whether a device computes in float16: asked by computing, for the runtime finds out only then. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { onnxFloat, onnxFloat16 } from '../../../../experiments/ops/onnx-lowering.ts'
import { loadOnnxRuntime } from '../onnx-runtime.ts'
import { OnnxSession, type RuntimeOptions } from '../onnx-session.ts'
import type { OnnxGraph } from '../onnx-graph.ts'

const size = [3]
const graph: OnnxGraph = {
  name: 'float16',
  nodes: [
    { operator: 'Cast', domain: '', inputs: ['x'], outputs: ['half'], attributes: { to: onnxFloat16 } },
    { operator: 'Add', domain: '', inputs: ['half', 'half'], outputs: ['sum'], attributes: {} },
    { operator: 'Cast', domain: '', inputs: ['sum'], outputs: ['y'], attributes: { to: onnxFloat } },
  ],
  initializers: [],
  inputs: [{ name: 'x', type: 'float32', shape: size }],
  outputs: [{ name: 'y', type: 'float32', shape: size }],
}

/** @returns why it does not; empty when it does */
export async function float16Absence(options: RuntimeOptions): Promise<string> {
  const { Tensor } = options.runtime ?? (await loadOnnxRuntime())
  try {
    const session = await OnnxSession.open(graph, options)
    try {
      const { y } = await session.runForOutputs({ x: new Tensor('float32', Float32Array.of(1, -2, 0.5), size) })
      const made = Array.from((y?.data as Float32Array | undefined) ?? []).join()
      return made === '2,-4,1' ? '' : `it computes ${made} for 2, -4, 1`
    } finally {
      await session.close()
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @throws StudioError `engine-unavailable` */
export async function expectFloat16(options: RuntimeOptions): Promise<void> {
  const reason = await float16Absence(options)
  if (reason === '') return
  throw new StudioError(
    'engine-unavailable',
    `the graphics card does not compute in float16 (WebGPU's shader-f16), which the precision mixed_float16 needs: train with float32, or on another device (${reason})`,
    { reason },
  )
}
