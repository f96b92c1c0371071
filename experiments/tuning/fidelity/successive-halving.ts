/**
 * Successive halving, synchronous: `width` trials begin, and when all of them have reached a rung the best 1 / reduction continue. When the
 * bracket is through, the next one begins. Jamieson, Talwalkar: Non-stochastic Best Arm Identification, AISTATS 2016.
 * Hyperband runs brackets of different beginnings, from many short trials to few whole ones. Li et al., JMLR 2018.
 */
import { standingsAt } from './asha.ts'
import type { FidelityScheduler, Move, ScheduledTrial } from './fidelity.ts'
import { rungEpochs, type RungOptions } from './rung-schedule.ts'

interface Bracket {
  readonly width: number
  readonly rungs: readonly number[]
}

/** Every bracket begins at `minEpochs`, as wide as one whole training at the end needs. */
export function successiveHalving(options: RungOptions): FidelityScheduler {
  const rungs = rungEpochs(options)
  return brackets([{ width: Math.round(options.reduction ** (rungs.length - 1)), rungs }], options.reduction)
}

/** Brackets take turns: s = s_max, ..., 0, then from the beginning. */
export function hyperband(options: RungOptions): FidelityScheduler {
  const rungs = rungEpochs(options)
  const most = rungs.length - 1
  const kinds = Array.from({ length: most + 1 }, (_, skipped): Bracket => {
    const s = most - skipped
    const width = Math.ceil(((most + 1) / (s + 1)) * options.reduction ** s)
    return { width, rungs: rungs.slice(skipped) }
  })
  return brackets(kinds, options.reduction)
}

function brackets(kinds: readonly Bracket[], reduction: number): FidelityScheduler {
  const kindOf = (bracket: number) => kinds[bracket % kinds.length] as Bracket
  return {
    rungsOf: (bracket) => kindOf(bracket).rungs,
    nextMove: (trials, canStart) => {
      const last = Math.max(0, ...trials.map(({ bracket }) => bracket))
      for (let bracket = 0; bracket <= last; bracket++) {
        const members = trials.filter((trial) => trial.bracket === bracket)
        const { rungs, width } = kindOf(bracket)
        const isFull = members.length >= width || !canStart
        const promotion = isFull ? promoteTogether(members, rungs, reduction) : undefined
        if (promotion !== undefined) return promotion
      }
      const members = trials.filter((trial) => trial.bracket === last)
      const open = members.length < kindOf(last).width ? last : last + 1
      const isBusy = trials.some(({ state }) => state === 'running')
      if (canStart && (open === last || !isBusy)) {
        return { type: 'start', bracket: open, epochs: kindOf(open).rungs[0] ?? 1 }
      }
      return { type: isBusy ? 'wait' : 'done' }
    },
  }
}

/** The best of a rung, once nobody is on the way to it. */
function promoteTogether(
  members: readonly ScheduledTrial[],
  rungs: readonly number[],
  reduction: number,
): Move | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const [epochs, next] = [rungs[rung] ?? 0, rungs[rung + 1] ?? 0]
    if (members.some(({ state, target }) => state === 'running' && target <= epochs)) continue
    const standings = standingsAt(members, epochs)
    const promotable = Math.max(standings.length > 0 ? 1 : 0, Math.floor(standings.length / reduction))
    const rank = standings.findIndex(
      ({ state, target }, i) => i < promotable && state === 'paused' && target === epochs,
    )
    const trial = standings[rank]
    if (trial !== undefined)
      return { type: 'promote', trial: trial.number, epochs: next, rank: rank + 1, of: standings.length }
  }
  return undefined
}
