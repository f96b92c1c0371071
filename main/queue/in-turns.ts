/** Long work some items at a time; between two turns the service answers others. */
import { setImmediate } from 'node:timers/promises'

/** Some ten milliseconds on a common machine, for what is done with a run in the queue. */
export const runsATurn = 250

/** Calls `body` with all items in their order, at most `runsATurn` at a time, the first ones at once. What it throws ends the work. */
export async function inTurns<Item>(items: readonly Item[], body: (some: readonly Item[]) => void): Promise<void> {
  for (let from = 0; from < items.length; from += runsATurn) {
    if (from > 0) await setImmediate()
    body(items.slice(from, from + runsATurn))
  }
}
