import { expect, test } from 'vitest'
import type { MachineSample } from '../../../experiments/queue/machine-sample.ts'
import { machineRows } from './machine-rows.ts'

const sample = (seconds: number, cpu: number | null, loads: readonly (number | null)[] = []): MachineSample => ({
  ...{ at: 1000 * seconds, cpu, memory: { usedBytes: 3, totalBytes: 4 } },
  gpus: loads.map((load) => ({ name: 'card', load, memory: null, temperature: 60 })),
})

test('a row a resource that is known, broken where nobody measured', () => {
  const samples = [sample(0, null), sample(15, 0.5), sample(30, 1), sample(600, 0.75)]
  const [cores, memory, ...others] = machineRows(samples)
  expect(others).toEqual([])
  expect(cores).toEqual({
    ...{ resource: 'cores', number: 1, mean: 0.75, most: 1 },
    stretches: [
      [
        { at: 15_000, share: 0.5 },
        { at: 30_000, share: 1 },
      ],
      [{ at: 600_000, share: 0.75 }],
    ],
  })
  expect(memory!.stretches.map((stretch) => stretch.length)).toEqual([3, 1])
})

test('GPUs have their numbers, and one that only tells how warm it is has no row', () => {
  const rows = machineRows([sample(0, 0.1, [null, 0.4]), sample(15, 0.1, [null, 0.6])])
  expect(rows.map(({ resource, number }) => `${resource} ${number}`)).toEqual(['cores 1', 'memory 1', 'gpu 2'])
  expect(rows.at(-1)!.mean).toBeCloseTo(0.5)
  expect(machineRows([])).toEqual([])
})
