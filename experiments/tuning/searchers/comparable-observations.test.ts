/** Which trials a model learns from while a scheduler pauses most of them. */
import { describe, expect, it } from 'vitest'
import { axisSpec } from '../space/axis-spec.ts'
import { compileSpace } from '../space/search-space.ts'
import { comparableObservations } from './comparable-observations.ts'
import type { Observation } from './searcher.ts'
import { drawSobol } from './sobol-search.ts'
import { tpeSearch } from './tpe-search.ts'

const compiled = compileSpace([axisSpec.parse({ path: 'x', range: [0, 1] })])
if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
const { space } = compiled

let number = 0
const trials = (count: number, state: Observation['state'], resource: number): Observation[] =>
  Array.from({ length: count }, () => {
    const losses = state === 'failed' || state === 'running' ? null : [number]
    return { number: number++, configuration: { x: 0.5 }, state, losses, resource }
  })
const lengths = (history: Observation[]) => comparableObservations(space, history).observations.map((t) => t.resource)

describe('what can be compared', () => {
  it('is everything as long as no length has enough', () => {
    const history = [...trials(4, 'partial', 1), ...trials(1, 'partial', 3)]
    expect(comparableObservations(space, history)).toEqual({ observations: history, isWhole: false })
  })

  it('moves on to longer trainings as soon as six of them, three a point that one axis takes, have come', () => {
    const short = trials(20, 'partial', 1)
    expect(lengths([...short, ...trials(5, 'partial', 3)])).toHaveLength(25)
    expect(lengths([...short, ...trials(6, 'partial', 3)])).toEqual([3, 3, 3, 3, 3, 3])
    const whole = comparableObservations(space, [...short, ...trials(7, 'complete', 9)])
    expect(whole.observations).toHaveLength(7)
    expect(whole.isWhole).toBe(true)
  })

  it('keeps what failed or fell behind, whatever its length, and never counts what still runs', () => {
    const history = [...trials(2, 'failed', 0), ...trials(3, 'stopped', 2), ...trials(9, 'complete', 9)]
    expect(lengths([...history, ...trials(2, 'running', 1), ...trials(4, 'partial', 1)])).toEqual(
      history.map(({ resource }) => resource),
    )
  })
})

describe('TPE under a scheduler', () => {
  it('asks for more of what is good at the end, not of what is good after one epoch or merely came far', () => {
    const trial = (x: number, loss: number, state: Observation['state'], resource: number): Observation => ({
      ...{ number: number++, configuration: { x }, state, losses: [loss], resource },
    })
    const even = (count: number) => Array.from({ length: count }, (_, i) => (i + 0.5) / count)
    const history = [
      ...even(40).map((x) => trial(x, (x - 0.1) ** 2, 'partial', 1)),
      ...even(10).map((x) => trial(x, (x - 0.8) ** 2, 'complete', 9)),
    ]
    const searcher = tpeSearch()
    for (let next = 0; next < 20; next++) {
      const { x } = searcher.suggest({ space, seed: 1, number: 100 + next, history }) ?? {}
      expect(Math.abs(Number(x) - 0.8)).toBeLessThan(0.25)
    }
  })

  it('draws every third trial evenly while it only knows short trainings', () => {
    const history = trials(30, 'partial', 1)
    const numbers = Array.from({ length: 90 }, (_, i) => 100 + i)
    const even = numbers.filter((next) => {
      const { x } = tpeSearch().suggest({ space, seed: 1, number: next, history }) ?? {}
      return x === drawSobol(space, 1, next)['x']
    })
    expect(even.length).toBeGreaterThan(20)
    expect(even.length).toBeLessThan(40)
  })

  it('never takes a failure for good, also where nothing else came', () => {
    const history = trials(12, 'failed', 0)
    const { x } = tpeSearch().suggest({ space, seed: 1, number: 50, history }) ?? {}
    expect(x).toBe(drawSobol(space, 1, 50)['x'])
  })
})
