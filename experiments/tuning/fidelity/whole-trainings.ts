/** Every trial trains its full length at once. */
import type { FidelityScheduler } from './fidelity.ts'

export function wholeTrainings(maxEpochs: number): FidelityScheduler {
  return {
    rungsOf: () => [maxEpochs],
    nextMove: (trials, canStart) => {
      if (canStart) return { type: 'start', bracket: 0, epochs: maxEpochs }
      return { type: trials.some(({ state }) => state === 'running') ? 'wait' : 'done' }
    },
  }
}
