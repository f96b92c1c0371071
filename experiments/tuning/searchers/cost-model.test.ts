import { describe, expect, it } from 'vitest'
import { axisSpec, type AxisSpecInput } from '../space/axis-spec.ts'
import { compileSpace, type Configuration, type SearchSpace } from '../space/search-space.ts'
import { fitLogCost } from './cost-model.ts'
import { randomSearch } from './random-search.ts'
import type { Observation } from './searcher.ts'
import { tpeSearch } from './tpe-search.ts'

function spaceOf(axes: readonly AxisSpecInput[]): SearchSpace {
  const compiled = compileSpace(axes.map((axis) => axisSpec.parse(axis)))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.space
}
const space = spaceOf([
  { path: 'width', range: [8, 128], integer: true, scale: 'log' },
  { path: 'stride', values: [1, 2, 3] },
  { path: 'rate', range: [0.001, 0.1], scale: 'log' },
  { path: 'norm', values: ['none', 'batch'] },
  { path: 'groups', values: [1, 2], when: { axis: 'norm', in: ['batch'] } },
])
/** As of a convolution: pixels times channels twice. */
const macs = ({ width, stride }: Configuration) => (28 / Number(stride)) ** 2 * Number(width) ** 2
const drawn = (count: number, seed: number) =>
  Array.from({ length: count }, (_, number) => randomSearch.suggest({ space, seed, number, history: [] }) ?? {})

describe('the model of costs', () => {
  it('knows from a few dozen networks how costly others are to each other', () => {
    const logCost = fitLogCost(
      space,
      drawn(40, 1).map((configuration) => ({ configuration, cost: macs(configuration) })),
    )
    const [first, ...others] = drawn(30, 2)
    for (const other of others) {
      const expected = Math.log(macs(other) / macs(first!))
      expect(Math.abs(logCost(other) - logCost(first!) - expected)).toBeLessThan(0.3)
    }
  })

  it('takes all for equal as long as it knows nothing', () => {
    const logCost = fitLogCost(space, [])
    expect(drawn(3, 1).map(logCost)).toEqual([0, 0, 0])
  })
})

describe('TPE per cost', () => {
  it('asks for cheaper networks where they promise as much, and only then', () => {
    // What counts is the learning rate; the width only costs.
    const history = drawn(40, 3).map((configuration, number): Observation => {
      const losses = [Math.abs(Math.log(Number(configuration['rate']) / 0.02))]
      return { number, configuration, state: 'complete', losses, resource: 9, cost: macs(configuration) }
    })
    const asked = (perCost: boolean) => {
      const found = Array.from({ length: 30 }, (_, i) => {
        return tpeSearch({ perCost }).suggest({ space, seed: 4, number: 100 + i, history }) ?? {}
      })
      const meanLog = (of: (configuration: Configuration) => number) =>
        found.reduce((sum, configuration) => sum + Math.log(of(configuration)), 0) / found.length
      return { cost: meanLog(macs), rate: meanLog(({ rate }) => Number(rate)) }
    }
    const [plain, cheap] = [asked(false), asked(true)]
    expect(cheap.cost).toBeLessThan(plain.cost - 1)
    expect(Math.abs(cheap.rate - Math.log(0.02))).toBeLessThan(1)
  })
})
