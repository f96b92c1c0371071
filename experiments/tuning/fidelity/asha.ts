/**
 * Asynchronous successive halving in its original form, by promotion: whenever a place is free, a trial that is among the best 1 / reduction at
 * its rung continues from its checkpoint, from the highest rung down; if there is none, a new trial begins. Nothing waits for a rung to
 * fill, and a trial that was passed over may be promoted later. Li et al.: A System for Massively Parallel Hyperparameter Tuning,
 * MLSys 2020, algorithm 2.
 */
import type { FidelityScheduler, Move, ScheduledTrial } from './fidelity.ts'
import { rungEpochs, type RungOptions } from './rung-schedule.ts'

export function asha(options: RungOptions): FidelityScheduler {
  const rungs = rungEpochs(options)
  return {
    rungsOf: () => rungs,
    nextMove: (trials, canStart) => {
      const promotion = findPromotion(trials, rungs, options.reduction)
      if (promotion !== undefined) return promotion
      if (canStart) return { type: 'start', bracket: 0, epochs: rungs[0] ?? options.maxEpochs }
      return { type: trials.some(({ state }) => state === 'running') ? 'wait' : 'done' }
    },
  }
}

/** From the highest rung down: what is nearly whole tells soonest. */
export function findPromotion(
  trials: readonly ScheduledTrial[],
  rungs: readonly number[],
  reduction: number,
): Move | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const [epochs, next] = [rungs[rung] ?? 0, rungs[rung + 1] ?? 0]
    const standings = standingsAt(trials, epochs)
    const promotable = Math.floor(standings.length / reduction)
    const rank = standings.findIndex(
      ({ state, target }, i) => i < promotable && state === 'paused' && target === epochs,
    )
    const trial = standings[rank]
    if (trial !== undefined) {
      return { type: 'promote', trial: trial.number, epochs: next, rank: rank + 1, of: standings.length }
    }
  }
  return undefined
}

/** All that reached the rung, also those that went on since, best first; equal ones in order of age. */
export function standingsAt(trials: readonly ScheduledTrial[], epochs: number): readonly ScheduledTrial[] {
  const loss = ({ lossAt }: ScheduledTrial) => {
    const value = lossAt.get(epochs) ?? Number.NaN
    return Number.isFinite(value) ? value : Number.MAX_VALUE
  }
  return trials.filter(({ lossAt }) => lossAt.has(epochs)).toSorted((a, b) => loss(a) - loss(b) || a.number - b.number)
}
