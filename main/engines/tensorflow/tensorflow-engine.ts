/** TensorFlow as a training engine: the same programs as everywhere, op by op on its own kernels, on the processor or with CUDA. */
import fs from 'node:fs'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { Engine, EngineDescription, EngineDevice } from '../engine.ts'
import { findTensorflow, loadTensorflow, notInstalled, tensorflowFolder } from './tensorflow-library.ts'
import { TensorflowSession } from './tensorflow-session.ts'

export const tensorflowEngineId = 'tensorflow'
const title = 'TensorFlow'
/** TensorFlow puts all on the first card that CUDA shows it. */
const deviceIds = { cpu: 'cpu', gpu: 'cuda:0' }
const deviceTitles = { cpu: 'CPU', gpu: 'GPU (CUDA)' }

/** @param home folder of the studio, where the engine is installed; without it only packages beside the studio are looked for */
export function createTensorflowEngine(home?: string): Engine {
  return {
    id: tensorflowEngineId,
    title,
    needsProbe: true,
    install: () => ({ installed: home !== undefined && fs.existsSync(tensorflowFolder(home)) }),
    version: () => findTensorflow(home)?.version ?? '',
    describe: () => describeTensorflow(home),
    createSession: async (compiled, options) => {
      const { tf, device: kind } = await loadTensorflow(home, options.threads)
      const device = deviceIds[kind]
      if (options.device !== undefined && options.device !== device) {
        throw new StudioError(
          'engine-unavailable',
          `TensorFlow has no device "${options.device}" here; it has ${device}`,
          { device: options.device },
        )
      }
      return new TensorflowSession(tf, compiled, options, device)
    },
  }
}

async function describeTensorflow(home: string | undefined): Promise<EngineDescription> {
  const found = findTensorflow(home)
  const description = { id: tensorflowEngineId, title, version: found?.version ?? '' }
  if (!found) return { ...description, available: false, reason: notInstalled, devices: [] }
  try {
    const { device: kind, version } = await loadTensorflow(home)
    const device: EngineDevice = {
      id: deviceIds[kind],
      title: `${deviceTitles[kind]}, TensorFlow ${version}`,
      float16: 'none',
      available: true,
      reason: '',
    }
    return { ...description, available: true, reason: '', devices: [device] }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...description, available: false, reason, devices: [] }
  }
}
