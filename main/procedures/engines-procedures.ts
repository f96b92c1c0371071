/** Engines and devices: what the service answers. */
import type { EngineReport } from '../../experiments/engines/engine-report.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { installTensorflow, removeTensorflow, type InstallRequest } from '../engines/tensorflow/install-tensorflow.ts'
import type { StudioParts } from './studio-parts.ts'

export function enginesProcedures({ home, queue, engines, emit }: StudioParts) {
  let isBusy = false
  const install = async (engine: 'tensorflow', request: InstallRequest): Promise<EngineReport> => {
    if (isBusy) throw new StudioError('engine-unavailable', 'the engine is being installed already', { engine })
    isBusy = true
    try {
      const report = await installTensorflow(request, {
        home,
        look: (place) => engines.look(engine, place),
        onProgress: (progress) => emit('engines.progress', { engine, ...progress }),
      })
      await engines.check()
      return report
    } finally {
      isBusy = false
    }
  }
  return {
    'engines.check': async (): Promise<EngineReport[]> => {
      const reports = await engines.check()
      queue.useAllDevices()
      return reports
    },
    'engines.install': ({ engine }: { engine: 'tensorflow' }) => install(engine, {}),
    'engines.installFrom': ({ engine, ...request }: InstallRequest & { engine: 'tensorflow' }) =>
      install(engine, request),
    'engines.remove': async (_input: { engine: 'tensorflow' }): Promise<{ removed: boolean }> => {
      const removed = removeTensorflow(home)
      await engines.check()
      return { removed }
    },
  }
}
