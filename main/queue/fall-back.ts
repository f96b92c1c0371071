/** Gives jobs to the processor whose device is absent or lost, where their experiment says so. */
import { processorDevice } from '../../experiments/engines/device-request.ts'
import { onnxEngineId } from '../engines/onnx/onnx-runtime.ts'
import type { Store } from '../store/open-store.ts'

export function mayFallBack(store: Store, run: number): boolean {
  return store.runs.experiment(run).spec.onDeviceLoss === 'cpu'
}

/** From now on the run belongs to the processor, also when it is tried again; its log says from when on and why. */
export function fallBack(store: Store, run: number, lost: { readonly device: string; readonly reason: string }): void {
  const { engine, progress } = store.runs.get(run)
  store.transaction(() => {
    store.jobs.change(run, { device: processorDevice, reason: null })
    const data = { ...lost, engine, step: progress.step }
    store.runs.change(run, { engine: onnxEngineId }, 'run.fellBack', data)
  })
}
