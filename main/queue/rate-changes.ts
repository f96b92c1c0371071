/** Learning rates that were set while a run trained: events of the run that carry the step from which they hold. */
import { addRateChange, type RateChange } from '../../experiments/schedules/learning-rate.ts'
import type { Store } from '../store/open-store.ts'

export const rateChangedEvent = 'run.rateChanged'

/** In the order of their steps. */
export function rateChangesOf({ events }: Store, run: number): RateChange[] {
  return events
    .ofRun(run)
    .filter(({ type }) => type === rateChangedEvent)
    .map(({ data }) => ({ step: Number(data['step']), learningRate: Number(data['learningRate']) }))
    .reduce<RateChange[]>(addRateChange, [])
}
