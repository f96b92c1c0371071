import { expect, test } from 'vitest'
import { thinSamples, type MachineSample } from './machine-sample.ts'

const sample = (at: number, cpu: number | null, load: number | null = null): MachineSample => ({
  ...{ at, cpu, memory: { usedBytes: 100 * at, totalBytes: 10_000 } },
  gpus: load === null ? [] : [{ name: 'card', load, memory: null, temperature: null }],
})

test('many samples become means over equal stretches of time, few stay', () => {
  const samples = [sample(0, null, 0.2), sample(10, 0.4, 0.4), sample(60, 0.5, 1), sample(70, 0.7, 0.5)]
  expect(thinSamples(samples, 4)).toEqual(samples)
  expect(thinSamples(samples, 2)).toEqual([
    // What was not known does not count.
    {
      ...sample(5, 0.4),
      gpus: [{ name: 'card', load: expect.closeTo(0.3) as number, memory: null, temperature: null }],
    },
    { ...sample(65, 0.6), gpus: [{ name: 'card', load: 0.75, memory: null, temperature: null }] },
  ])
  expect(thinSamples([], 2)).toEqual([])
})
