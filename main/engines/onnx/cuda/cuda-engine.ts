/** ONNX Runtime on NVIDIA cards of Linux with CUDA. Its provider is large and wants CUDA's own libraries, so it is installed on demand. */
import fs from 'node:fs'
import type { Engine, EngineDescription, EngineDevice } from '../../engine.ts'
import { indexOfDevice } from '../../indexed-device.ts'
import { computeSomething } from '../compute-something.ts'
import { float16Support } from '../device-float16.ts'
import { cudaCard } from '../onnx-place.ts'
import { onnxVersion, type OnnxRuntime } from '../onnx-runtime.ts'
import { OnnxTrainingSession } from '../onnx-training-session.ts'
import { absenceOn, cudaFolder, findCuda, loadCudaRuntime, notInstalled } from './cuda-library.ts'
import { nvidiaCards, type NvidiaCard } from './nvidia-cards.ts'

export const cudaEngineId = 'onnxruntime-cuda'
const title = 'ONNX Runtime CUDA'
const prefix = 'cuda'

/** @param home folder of the studio, where the engine is installed; without it only a provider beside the studio's runtime is looked for */
export function createCudaEngine(home?: string): Engine {
  const canInstall = absenceOn(process.platform, process.arch) === ''
  return {
    id: cudaEngineId,
    title,
    needsProbe: true,
    ...(canInstall && { install: () => ({ installed: home !== undefined && fs.existsSync(cudaFolder(home)) }) }),
    version: () => (findCuda(home) === undefined ? '' : onnxVersion()),
    describe: () => describeCuda(home),
    createSession: async (compiled, options) => {
      const index = indexOfDevice(options.device, prefix, title)
      return OnnxTrainingSession.open(compiled, options, cudaCard(index, loadCudaRuntime(home)))
    },
  }
}

async function describeCuda(home: string | undefined): Promise<EngineDescription> {
  const found = findCuda(home)
  const description = { id: cudaEngineId, title, version: found === undefined ? '' : onnxVersion() }
  const absent = (reason: string): EngineDescription => ({ ...description, available: false, reason, devices: [] })
  const absence = absenceOn(process.platform, process.arch)
  if (absence !== '') return absent(absence)
  if (found === undefined) return absent(notInstalled)
  let runtime: OnnxRuntime
  try {
    runtime = loadCudaRuntime(home)
  } catch (error) {
    return absent(reasonOf(error))
  }
  // Without the driver's tool there may still be a card: the first is tried.
  const cards: readonly (Pick<NvidiaCard, 'index' | 'name'> & Partial<NvidiaCard>)[] = (await nvidiaCards()) ?? [
    { index: 0, name: 'CUDA device 0' },
  ]
  const devices: EngineDevice[] = []
  for (const card of cards) devices.push(await lookAt(card, runtime))
  const usable = devices.some(({ available }) => available)
  const reason = usable ? '' : (devices[0]?.reason ?? 'the driver lists no NVIDIA card')
  return { ...description, available: usable, reason, devices }
}

async function lookAt(
  card: Pick<NvidiaCard, 'index' | 'name'> & Partial<NvidiaCard>,
  runtime: OnnxRuntime,
): Promise<EngineDevice> {
  const { index, name, memoryBytes } = card
  const device = { id: `${prefix}:${index}`, title: name, ...(memoryBytes !== undefined && { memoryBytes }) }
  try {
    const place = { provider: { name: 'cuda', deviceId: index }, runtime } as const
    await computeSomething(place)
    return { ...device, float16: await float16Support(place), available: true, reason: '' }
  } catch (error) {
    return { ...device, available: false, reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
