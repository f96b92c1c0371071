/** What the installed onnxruntime offers on this machine. Its binary is loaded when first asked for: that can fail, and then has a reason. */
import { availableParallelism, arch, platform } from 'node:os'
import { createRequire } from 'node:module'
import type * as Ort from 'onnxruntime-node'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { EngineDevice, EngineDescription } from '../engine.ts'

export const onnxEngineId = 'onnxruntime'

export type OnnxRuntime = Pick<typeof Ort, 'InferenceSession' | 'Tensor'>

let loaded: Promise<OnnxRuntime> | undefined

/** @throws StudioError `engine-unavailable` with the reason */
export function loadOnnxRuntime(): Promise<OnnxRuntime> {
  loaded ??= import('onnxruntime-node').catch((error: unknown) => {
    loaded = undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError(
      'engine-unavailable',
      `onnxruntime cannot be loaded on ${platform()} ${arch()}: ${reason}`,
      { reason },
      error,
    )
  })
  return loaded
}

export function defaultThreads(): number {
  return availableParallelism()
}

export async function describeOnnxRuntime(): Promise<EngineDescription> {
  const description = { id: onnxEngineId, title: 'ONNX Runtime', version: onnxVersion() }
  const cpu: EngineDevice = { id: 'cpu', title: 'CPU', float16: 'rounded', available: true, reason: '' }
  try {
    await loadOnnxRuntime()
    return { ...description, available: true, reason: '', devices: [cpu] }
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    const reason = `${cause}. Install the studio again on this machine`
    return { ...description, available: false, reason, devices: [{ ...cpu, available: false, reason }] }
  }
}

/** Of the package; empty where it is not installed. */
export function onnxVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
    return version
  } catch {
    return ''
  }
}
