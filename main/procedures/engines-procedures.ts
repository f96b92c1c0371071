/** Engines and devices: what the service answers. */
import type { EngineReport, InstallableEngine } from '../../experiments/engines/engine-report.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { removeInstalled, type InstallPlace, type InstallRequest } from '../engines/install/staged-install.ts'
import { cudaFolder } from '../engines/onnx/cuda/cuda-library.ts'
import { installCuda } from '../engines/onnx/cuda/install-cuda.ts'
import { installTensorflow } from '../engines/tensorflow/install-tensorflow.ts'
import { tensorflowFolder } from '../engines/tensorflow/tensorflow-library.ts'
import type { StudioParts } from './studio-parts.ts'

interface Installer {
  install(request: InstallRequest, place: InstallPlace): Promise<EngineReport>
  /** Where it is installed. */
  folderIn(home: string): string
}

const installers: Readonly<Record<InstallableEngine, Installer>> = {
  'onnxruntime-cuda': { install: installCuda, folderIn: cudaFolder },
  tensorflow: { install: installTensorflow, folderIn: tensorflowFolder },
}

export interface NamedEngine {
  readonly engine: InstallableEngine
}

export function enginesProcedures({ home, queue, engines, emit }: StudioParts) {
  let current: (NamedEngine & { readonly stop: AbortController }) | undefined
  const install = async (engine: InstallableEngine, request: InstallRequest): Promise<EngineReport> => {
    if (current) {
      const text = `${current.engine} is being installed; one engine is installed at a time`
      throw new StudioError('engine-unavailable', text, { engine: current.engine })
    }
    const stop = new AbortController()
    current = { engine, stop }
    try {
      const report = await installers[engine].install(request, {
        home,
        look: (place) => engines.look(engine, place),
        onProgress: (progress) => emit('engines.progress', { engine, ...progress }),
        signal: stop.signal,
      })
      await engines.check()
      queue.useAllDevices()
      return report
    } finally {
      current = undefined
    }
  }
  return {
    'engines.check': async (): Promise<EngineReport[]> => {
      const reports = await engines.check()
      queue.useAllDevices()
      return reports
    },
    'engines.install': ({ engine }: NamedEngine) => install(engine, {}),
    'engines.installFrom': ({ engine, ...request }: InstallRequest & NamedEngine) => install(engine, request),
    'engines.cancelInstall': ({ engine }: NamedEngine): { cancelled: boolean } => {
      const isRunning = current?.engine === engine
      if (isRunning) current?.stop.abort()
      return { cancelled: isRunning }
    },
    'engines.remove': async ({ engine }: NamedEngine): Promise<{ removed: boolean }> => {
      const removed = removeInstalled(installers[engine].folderIn(home))
      await engines.check()
      return { removed }
    },
  }
}
