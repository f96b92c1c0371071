/**
 * ONNX Runtime on any GPU through WebGPU (Vulkan, Metal or Direct3D 12), with nothing to install beside the driver. A broken driver can
 * take the process along: `describe` belongs into one of its own, see ../../engine-survey.ts.
 */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import type { OnnxTarget } from '../../../../experiments/ops/onnx-lowering.ts'
import type { Engine, EngineDescription, EngineDevice } from '../../engine.ts'
import { float16Support } from '../device-float16.ts'
import { loadOnnxRuntime, onnxVersion } from '../onnx-runtime.ts'
import { DeviceMemory } from './device-memory.ts'
import { DeviceTrainingSession } from './device-training-session.ts'

export const webgpuEngineId = 'onnxruntime-webgpu'
const deviceId = 'webgpu'

/** Operators of later versions exist on WebGPU, but the same graph runs on all GPU providers; DirectML ends here. */
export const webgpuTarget: OnnxTarget = { provider: 'webgpu', opset: 17, contribOps: false }

export function createWebgpuEngine(): Engine {
  return {
    id: webgpuEngineId,
    title: 'ONNX Runtime WebGPU',
    needsProbe: true,
    version: onnxVersion,
    describe: describeWebgpu,
    createSession: async (compiled, options) => {
      const { device = deviceId } = options
      if (device !== deviceId) {
        throw new StudioError('engine-unavailable', `WebGPU has no device "${device}"; it has ${deviceId}`, { device })
      }
      try {
        return await DeviceTrainingSession.open(compiled, options, { device, target: webgpuTarget })
      } catch (error) {
        if (!isWithoutAdapter(error)) throw error
        throw new StudioError('engine-unavailable', reasonFor(error), {}, error)
      }
    },
  }
}

async function describeWebgpu(): Promise<EngineDescription> {
  const description = { id: webgpuEngineId, title: 'ONNX Runtime WebGPU', version: onnxVersion() }
  const device: EngineDevice = { id: deviceId, title: 'WebGPU', available: true, reason: '' }
  try {
    await computeSomething()
    return {
      ...description,
      available: true,
      reason: '',
      devices: [{ ...device, float16: await float16Support({ provider: 'webgpu' }) }],
    }
  } catch (error) {
    const reason = reasonFor(error)
    return { ...description, available: false, reason, devices: [{ ...device, available: false, reason }] }
  }
}

/** An adapter that is found may still fail to compute. */
async function computeSomething(): Promise<void> {
  const memory = new DeviceMemory(await loadOnnxRuntime(), {
    provider: 'webgpu',
    threads: 1,
    opset: webgpuTarget.opset,
  })
  try {
    const sent = Float32Array.of(1, -2, 3)
    const tensor = await memory.upload(sent, [3])
    const received = await memory.download(tensor)
    tensor.dispose()
    if (received.join() !== sent.join()) throw new Error(`the device returned ${received.join()} for ${sent.join()}`)
  } finally {
    await memory.close()
  }
}

function isWithoutAdapter(error: unknown): boolean {
  return error instanceof Error && error.message.includes('WebGPU adapter')
}

function reasonFor(error: unknown): string {
  if (!isWithoutAdapter(error)) return error instanceof Error ? error.message : String(error)
  const needed = { linux: 'Vulkan', darwin: 'Metal', win32: 'Direct3D 12' }[process.platform as string] ?? 'WebGPU'
  const hint = process.platform === 'linux' ? ' and the Vulkan loader (libvulkan1)' : ''
  return `no graphics card with ${needed} was found; install its driver${hint}`
}
