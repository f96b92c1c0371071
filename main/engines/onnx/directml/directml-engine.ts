/** ONNX Runtime on the graphics cards of Windows through DirectML, which comes with the studio there. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import type { Engine, EngineDescription, EngineDevice } from '../../engine.ts'
import { indexOfDevice } from '../../indexed-device.ts'
import { computeSomething } from '../compute-something.ts'
import { float16Support } from '../device-float16.ts'
import { directmlAdapter } from '../onnx-place.ts'
import { onnxVersion } from '../onnx-runtime.ts'
import { OnnxTrainingSession } from '../onnx-training-session.ts'

export const directmlEngineId = 'onnxruntime-directml'
const title = 'ONNX Runtime DirectML'
const prefix = 'dml'
/** More than any computer has; adapters are numbered without gaps. */
const mostAdapters = 16

export function createDirectmlEngine(): Engine {
  return {
    id: directmlEngineId,
    title,
    needsProbe: true,
    version: onnxVersion,
    describe: () => describeDirectml(),
    createSession: async (compiled, options) => {
      const reason = absenceOn(process.platform)
      if (reason !== '') throw new StudioError('engine-unavailable', `DirectML cannot be used here: ${reason}`, {})
      const index = indexOfDevice(options.device, prefix, title)
      return OnnxTrainingSession.open(compiled, options, directmlAdapter(index))
    },
  }
}

function absenceOn(platform: NodeJS.Platform): string {
  return platform === 'win32' ? '' : 'DirectML is a part of Windows; on this system use WebGPU'
}

/** @param platform of this machine, as Node names it */
export async function describeDirectml(platform: NodeJS.Platform = process.platform): Promise<EngineDescription> {
  const description = { id: directmlEngineId, title, version: onnxVersion() }
  const reason = absenceOn(platform)
  if (reason !== '') return { ...description, available: false, reason, devices: [] }
  const devices: EngineDevice[] = []
  for (let index = 0; index < mostAdapters; index++) {
    try {
      const place = { provider: { name: 'dml', deviceId: index } } as const
      await computeSomething(place)
      const float16 = await float16Support(place)
      devices.push({
        id: `${prefix}:${index}`,
        title: `DirectML adapter ${index}`,
        float16,
        available: true,
        reason: '',
      })
    } catch (error) {
      if (index > 0) break
      const text = error instanceof Error ? error.message : String(error)
      const help = 'it needs a graphics card with Direct3D 12 and its driver'
      return { ...description, available: false, reason: `${text}; ${help}`, devices: [] }
    }
  }
  return { ...description, available: true, reason: '', devices: await withNames(devices) }
}

/** Windows lists its cards in the order in which DirectML counts them; where the counts differ, no name is better than a wrong one. */
async function withNames(devices: readonly EngineDevice[]): Promise<EngineDevice[]> {
  // Of use here only, and large: every trainer would load it.
  const { graphics } = await import('systeminformation')
  const { controllers } = await graphics().catch(() => ({ controllers: [] }))
  if (controllers.length !== devices.length) return [...devices]
  return devices.map((device, i) => {
    const { model = '', vram } = controllers[i] ?? {}
    const memory = vram !== undefined && vram !== null && vram > 0 ? { memoryBytes: vram * 2 ** 20 } : {}
    return { ...device, ...memory, title: model === '' ? device.title : model }
  })
}
