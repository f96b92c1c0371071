/** Where a run goes whose process is gone with a checkpoint: that depends on what is wanted of it. */
import type { Store } from '../store/open-store.ts'
import type { RunRecorder } from './run-recorder.ts'

/** @param reason why it goes on later, where nobody wished its end */
export function settleRun(store: Store, recorder: RunRecorder, run: number, reason: string): void {
  const intent = store.jobs.get(run)?.intent ?? 'go'
  if (intent === 'pause') recorder.paused([run], null)
  else if (intent === 'end' || intent === 'withdraw') recorder.stopped([run])
  else recorder.putBack(run, reason)
}
