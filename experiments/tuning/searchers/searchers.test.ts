/** Every searcher: repeats itself, stays inside the space, and finds more than chance where it claims to. */
import { describe, expect, it } from 'vitest'
import { objectives } from '../bench/objectives.ts'
import { simulateWhole } from '../bench/simulate-sweep.ts'
import { axisSpec, type AxisSpecInput } from '../space/axis-spec.ts'
import { belongsTo, compileSpace, configurationKey, type SearchSpace } from '../space/search-space.ts'
import { gaussianProcessSearch } from './gaussian-process-search.ts'
import { gridOf, gridSearch } from './grid-search.ts'
import { randomSearch } from './random-search.ts'
import { rankObservations } from './rank-observations.ts'
import type { Observation, Searcher } from './searcher.ts'
import { sobolBits, sobolDimensions } from './sobol-sequence.ts'
import { sobolSearch } from './sobol-search.ts'
import { tpeSearch } from './tpe-search.ts'

function spaceOf(axes: readonly AxisSpecInput[]): SearchSpace {
  const compiled = compileSpace(axes.map((axis) => axisSpec.parse(axis)))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.space
}

const conditional = objectives.find(({ id }) => id === 'conditional')!
const branin = objectives.find(({ id }) => id === 'branin')!
const searchers: Record<string, Searcher> = {
  random: randomSearch,
  sobol: sobolSearch,
  tpe: tpeSearch(),
  gp: gaussianProcessSearch(),
}

describe.each(Object.entries(searchers))('%s', (_, searcher) => {
  it('gives the same trials for the same seed, others for another, all inside of a conditional space', () => {
    const space = spaceOf(conditional.space)
    const run = (seed: number) => {
      const history: Observation[] = []
      for (let number = 0; number < 20; number++) {
        const configuration = searcher.suggest({ space, seed, number, history })!
        expect(belongsTo(space, configuration)).toBe(true)
        const state = number % 7 === 3 ? 'failed' : number % 5 === 4 ? 'running' : 'complete'
        const losses = state === 'complete' ? [conditional.value(configuration, 1)] : null
        history.push({ number, configuration, state, losses, resource: 1 })
      }
      return history.map(({ configuration }) => configurationKey(configuration))
    }
    expect(run(1)).toEqual(run(1))
    expect(run(2)).not.toEqual(run(1))
  })
})

describe('model-based searchers', () => {
  it.each(['tpe', 'gp'])('%s finds far better values than random draws', (name) => {
    const space = spaceOf(branin.space)
    const regret = (searcher: Searcher) => {
      const found = [1, 2, 3, 4, 5].map((seed) =>
        simulateWhole({ space, seed, searcher, value: branin.value }, 40).at(-1)!,
      )
      return found.toSorted((a, b) => a - b)[2]! - branin.minimum
    }
    expect(regret(searchers[name]!)).toBeLessThan(regret(randomSearch) / 2)
  })
})

describe('grid search', () => {
  it('visits each combination once and then ends', () => {
    const space = spaceOf([
      { path: 'type', values: ['sgd', 'adam'] },
      { path: 'momentum', values: [0.5, 0.9], when: { axis: 'type', in: ['sgd'] } },
      { path: 'rate', range: [0.01, 1], scale: 'log', points: 3 },
    ])
    expect([...gridOf(space)]).toHaveLength(9)
    const history: Observation[] = []
    for (let number = 0; ; number++) {
      const configuration = gridSearch.suggest({ space, seed: 1, number, history })
      if (configuration === undefined) break
      history.push({ number, configuration, state: 'complete', losses: [1], resource: 1 })
    }
    expect(new Set(history.map(({ configuration }) => configurationKey(configuration))).size).toBe(9)
  })
})

describe('the Sobol sequence', () => {
  it('has the points of the published table', () => {
    // scipy.stats.qmc.Sobol(20, scramble=False), points 1 to 3, in 32nds of the interval.
    const point = (gray: number) => Array.from({ length: 6 }, (_, d) => sobolBits(gray, d) / 2 ** 32)
    expect(point(1)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    expect(point(3)).toEqual([0.75, 0.25, 0.25, 0.25, 0.75, 0.75])
  })

  it('puts exactly one of each 256 points into each of 256 cells, in every dimension', () => {
    for (let dimension = 0; dimension < sobolDimensions; dimension++) {
      const cells = new Set(Array.from({ length: 256 }, (_, i) => sobolBits(i, dimension) >>> 24))
      expect(cells.size).toBe(256)
    }
  })
})

describe('ranking', () => {
  const trial = (
    number: number,
    losses: number[],
    state: Observation['state'] = 'complete',
    resource = 9,
  ): Observation => ({
    ...{ number, configuration: {}, state, losses, resource },
  })

  it('puts whole trainings before shorter ones and failures last', () => {
    const order = rankObservations([
      trial(0, [3], 'partial', 3),
      trial(1, [9], 'failed'),
      trial(2, [5]),
      trial(3, [4]),
      trial(4, [2], 'partial', 1),
    ])
    expect(order.map(({ number }) => number)).toEqual([3, 2, 0, 4, 1])
  })

  it('puts the front of several objectives first', () => {
    const order = rankObservations([trial(0, [2, 2]), trial(1, [1, 3]), trial(2, [3, 1]), trial(3, [3, 3])])
    expect(order.at(-1)?.number).toBe(3)
  })
})
