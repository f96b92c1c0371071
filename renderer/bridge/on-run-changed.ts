/** Changes of runs, whether they are told one by one or some hundred at once. */
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import type { Bridge } from './bridge.ts'

export function onRunChanged(bridge: Bridge, listener: (run: RunSummary) => void): () => void {
  const leave = [bridge.on('run.changed', listener), bridge.on('runs.changed', ({ runs }) => runs.forEach(listener))]
  return () => leave.forEach((end) => end())
}
