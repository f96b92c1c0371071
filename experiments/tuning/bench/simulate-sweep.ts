/** Runs a searcher, with or without a scheduler, on a function instead of trainings: for benchmarks and tests. One trial at a time. */
import type { FidelityScheduler, ScheduledTrial } from '../fidelity/fidelity.ts'
import type { Observation, Searcher } from '../searchers/searcher.ts'
import type { Configuration, SearchSpace } from '../space/search-space.ts'

export interface Simulation {
  readonly space: SearchSpace
  readonly seed: number
  readonly searcher: Searcher
  /** @param share of the full length, 0 to 1 */
  readonly value: (configuration: Configuration, share: number) => number
}

/** Best value after each trial. */
export function simulateWhole(simulation: Simulation, trials: number): readonly number[] {
  const history: Observation[] = []
  const curve: number[] = []
  for (let number = 0; number < trials; number++) {
    const { space, seed, searcher } = simulation
    const configuration = searcher.suggest({ space, seed, number, history })
    if (configuration === undefined) break
    const value = simulation.value(configuration, 1)
    history.push({ number, configuration, state: 'complete', losses: [value], resource: 1 })
    curve.push(Math.min(value, curve.at(-1) ?? Number.POSITIVE_INFINITY))
  }
  return curve
}

export interface FidelityOutcome {
  /** Best value of a trial of full length. */
  readonly best: number
  readonly spent: number
  readonly trials: number
  readonly scheduled: readonly ScheduledTrial[]
}

/** @param limits `epochs` to spend at most, `trials` to begin at most */
export function simulateFidelity(
  simulation: Simulation,
  scheduler: FidelityScheduler,
  maxEpochs: number,
  limits: { readonly epochs: number; readonly trials?: number },
): FidelityOutcome {
  const configurations: Configuration[] = []
  const trials: {
    number: number
    bracket: number
    target: number
    state: ScheduledTrial['state']
    lossAt: Map<number, number>
  }[] = []
  let [spent, best] = [0, Number.POSITIVE_INFINITY]
  for (;;) {
    const move = scheduler.nextMove(
      trials,
      spent < limits.epochs && trials.length < (limits.trials ?? Number.POSITIVE_INFINITY),
    )
    if (move.type === 'done' || move.type === 'wait') break
    if (move.type === 'start') {
      const number = trials.length
      const { space, seed, searcher } = simulation
      const configuration = searcher.suggest({
        space,
        seed,
        number,
        history: observe(trials, configurations, maxEpochs),
      })
      if (configuration === undefined) break
      configurations.push(configuration)
      trials.push({ number, bracket: move.bracket, target: 0, state: 'running', lossAt: new Map() })
    }
    const trial = move.type === 'start' ? trials.at(-1) : trials[move.trial]
    if (trial === undefined) break
    if (spent + move.epochs - trial.target > limits.epochs) break
    spent += move.epochs - trial.target
    const loss = simulation.value(configurations[trial.number] ?? {}, move.epochs / maxEpochs)
    trial.target = move.epochs
    trial.lossAt.set(move.epochs, loss)
    trial.state = move.epochs >= maxEpochs ? 'ended' : 'paused'
    if (trial.state === 'ended') best = Math.min(best, loss)
  }
  return { best, spent, trials: trials.length, scheduled: trials }
}

function observe(
  trials: readonly ScheduledTrial[],
  configurations: readonly Configuration[],
  maxEpochs: number,
): Observation[] {
  return trials.map(({ number, target, lossAt, state }) => ({
    number,
    configuration: configurations[number] ?? {},
    state: target >= maxEpochs ? 'complete' : state === 'running' ? 'running' : 'partial',
    losses: lossAt.has(target) ? [lossAt.get(target) ?? 0] : null,
    resource: target,
  }))
}
