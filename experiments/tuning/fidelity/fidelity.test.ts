/** How many epochs each scheduler spends, and that nothing trained is thrown away. */
import { describe, expect, it } from 'vitest'
import { simulateFidelity } from '../bench/simulate-sweep.ts'
import { randomSearch } from '../searchers/random-search.ts'
import { axisSpec } from '../space/axis-spec.ts'
import { compileSpace } from '../space/search-space.ts'
import { asha } from './asha.ts'
import type { FidelityScheduler } from './fidelity.ts'
import { judgeByMedian } from './median-stopping.ts'
import { rungEpochs } from './rung-schedule.ts'
import { hyperband, successiveHalving } from './successive-halving.ts'

const compiled = compileSpace([axisSpec.parse({ path: 'x', range: [0, 1] })])
const space = compiled.ok ? compiled.space : { axes: [] }
const options = { minEpochs: 1, maxEpochs: 27, reduction: 3 }
const endless = { epochs: 1e9 }

function run(scheduler: FidelityScheduler, trials: number, value = (x: number) => x) {
  const simulation = {
    space,
    seed: 1,
    searcher: randomSearch,
    value: ({ x }: Record<string, unknown>) => value(Number(x)),
  }
  return simulateFidelity(simulation, scheduler, 27, { ...endless, trials })
}

/** How many trials ever reached each rung. */
const reached = ({ scheduled }: ReturnType<typeof run>) =>
  rungEpochs(options).map((epochs) => scheduled.filter(({ target }) => target >= epochs).length)

describe('asha', () => {
  it('spends what the theory says when later trials never overturn earlier promotions', () => {
    let calls = 0
    const values = new Map<number, number>()
    // The earlier, the better: each promotion stays right.
    const outcome = run(asha(options), 81, (x) => values.get(x) ?? (values.set(x, calls), calls++))
    expect(reached(outcome)).toEqual([81, 27, 9, 3])
    expect(outcome.spent).toBe(81 * 1 + 27 * (3 - 1) + 9 * (9 - 3) + 3 * (27 - 9))
  })

  it('promotes few too many when trials come in any order, never too few', () => {
    const outcome = run(asha(options), 81)
    const [all = 0, ...rungs] = reached(outcome)
    expect(all).toBe(81)
    rungs.forEach((count, i) => {
      const expected = 81 / 3 ** (i + 1)
      expect(count).toBeGreaterThanOrEqual(expected)
      expect(count).toBeLessThanOrEqual(expected + 2 * Math.sqrt(81 / 3 ** i))
    })
  })

  it('leaves the trials it passed over paused at their rung', () => {
    const { scheduled } = run(asha(options), 30)
    for (const { state, target } of scheduled) expect(state).toBe(target === 27 ? 'ended' : 'paused')
  })
})

describe('successive halving', () => {
  it('takes exactly one third from rung to rung', () => {
    const outcome = run(successiveHalving(options), 27)
    expect(reached(outcome)).toEqual([27, 9, 3, 1])
    expect(outcome.best).toBe(Math.min(...outcome.scheduled.map(({ lossAt }) => lossAt.get(1)!)))
  })
})

describe('hyperband', () => {
  it('has the brackets of the paper', () => {
    const outcome = run(hyperband(options), 27 + 12 + 6 + 4)
    const brackets = [0, 1, 2, 3].map((bracket) => {
      const members = outcome.scheduled.filter((trial) => trial.bracket === bracket)
      return hyperband(options)
        .rungsOf(bracket)
        .map((epochs) => members.filter(({ target }) => target >= epochs).length)
    })
    expect(brackets).toEqual([[27, 9, 3, 1], [12, 4, 1], [6, 2], [4]])
  })
})

describe('median stopping', () => {
  const limits = { graceEpochs: 2, minTrials: 3 }
  const curves = [
    [5, 4, 3],
    [6, 5, 4],
    [7, 6, 5],
  ]

  it('stops what is behind the median, after its grace and with enough others', () => {
    expect(judgeByMedian([9, 8], curves, limits)).toMatchObject({ stops: true, best: 8, median: 5.5, others: 3 })
    expect(judgeByMedian([9, 5.4], curves, limits).stops).toBe(false)
    expect(judgeByMedian([9], curves, limits).stops).toBe(false)
    expect(judgeByMedian([9, 8], curves.slice(1), limits).stops).toBe(false)
  })
})
