import { expect, it } from 'vitest'
import { learningRateAt } from '../schedules/learning-rate.ts'
import { parseExperimentSpec } from '../spec/experiment-spec.ts'
import { rangeTestExperiment, readRangeTest } from './range-test.ts'

const experiment = {
  version: 1,
  name: 'small',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes', validation: 0.2 },
  train: { epochs: 9, batchSize: 32, learningRate: 0.02, schedule: { type: 'cosine' } },
}

it('grows from the least to the largest rate over as many steps as were asked for', () => {
  const spec = parseExperimentSpec(
    rangeTestExperiment(experiment, { trainCount: 60_000, steps: 100, from: 1e-4, to: 1 }),
  )
  expect(spec).toMatchObject({ name: 'small: range test', data: { limit: 3200, validation: 0 }, train: { epochs: 1 } })
  const rate = (step: number) => learningRateAt(spec.train, { stepsPerEpoch: 100, steps: 100 }, step)
  expect([rate(0), rate(99)]).toEqual([1e-4, expect.closeTo(1, 12)])
  expect(rate(50) / rate(49)).toBeCloseTo(1e4 ** (1 / 99), 10)
  const few = parseExperimentSpec(rangeTestExperiment(experiment, { trainCount: 320, steps: 100 }))
  expect([few.data.limit, few.train.epochs]).toEqual([320, 10])
})

it('reads the rate at which the loss falls fastest from the metrics of a run', () => {
  const steps = Array.from({ length: 120 }, (_, index) => index + 1)
  const rates = steps.map((step) => 1e-5 * 1e5 ** (step / 120))
  const losses = rates.map((rate) => (rate > 0.3 ? 2 + 100 * (rate - 0.3) : 2.3 - 1.5 / (1 + 0.01 / rate)))
  const times = steps.map(() => 0)
  const { suggestion } = readRangeTest([
    { split: 'train', name: 'loss', steps, values: losses, times } as never,
    { split: 'train', name: 'learningRate', steps, values: rates, times } as never,
  ])
  expect(suggestion!.suggested).toBeGreaterThan(0.003)
  expect(suggestion!.suggested).toBeLessThan(0.1)
  expect(suggestion!.largest).toBeLessThanOrEqual(0.4)
  expect(readRangeTest([]).suggestion).toBeUndefined()
})
