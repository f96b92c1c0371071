import { describe, expect, it } from 'vitest'
import { parseOrThrow } from '../schema/parse.ts'
import { scheduleSpec, type ScheduleSpec } from '../spec/schedule-spec.ts'
import { learnFromEpoch, learningRateAt } from './learning-rate.ts'
import { scheduleFor } from './registry.ts'
import type { ScheduleMemory } from './schedule.ts'

const run = { stepsPerEpoch: 10, steps: 200 }

function scheduleOf(json: unknown): ScheduleSpec {
  return parseOrThrow(scheduleSpec, json, 'schedule')
}

function rates(json: unknown, steps: readonly number[], length = run): readonly number[] {
  const schedule = scheduleOf(json)
  return steps.map((step) => learningRateAt({ learningRate: 2, schedule }, length, step))
}

function expectRates(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i] ?? Number.NaN, 12))
}

describe('learning-rate schedules', () => {
  it('have an entry for every type of the specification', () => {
    for (const option of scheduleSpec.options) {
      const type = option.shape.type.value
      expect(scheduleFor({ type } as ScheduleSpec).spec.shape['type']).toBe(option.shape.type)
    }
  })

  it('stay where nothing is said', () => {
    expect(learningRateAt({ learningRate: 0.3 }, run, 199)).toBe(0.3)
    expectRates(rates({ type: 'constant' }, [0, 199]), [2, 2])
  })

  it('drop by epochs', () => {
    expectRates(rates({ type: 'step', every: 3, factor: 0.5 }, [0, 29, 30, 59, 60]), [2, 2, 1, 1, 0.5])
    expectRates(rates({ type: 'multi-step', epochs: [8, 3] }, [0, 29, 30, 79, 80, 199]), [2, 2, 0.2, 0.2, 0.02, 0.02])
    expectRates(rates({ type: 'exponential', factor: 0.5 }, [9, 10, 39]), [2, 1, 0.25])
  })

  it('follow a cosine to the end as in PyTorch', () => {
    const expected = [1, 0.8681980515339464, 0.5500000000000002, 0.10554024673218806].map((factor) => 2 * factor)
    expectRates(rates({ type: 'cosine', final: 0.1 }, [0, 5, 10, 19], { stepsPerEpoch: 7, steps: 20 }), expected)
  })

  it('make one cycle as in PyTorch', () => {
    const factors = [0.04, 0.1316718427000253, 0.6683281572999747, 1, 0.9874640062350873, 0.500002, 4e-6]
    const actual = rates({ type: 'one-cycle' }, [0, 1, 3, 5, 6, 12, 19], { stepsPerEpoch: 7, steps: 20 })
    expectRates(
      actual,
      factors.map((factor) => 2 * factor),
    )
  })

  it('make one cycle also in very short runs', () => {
    for (const steps of [1, 2, 3, 4]) {
      const all = rates({ type: 'one-cycle' }, [...Array(steps).keys()], { stepsPerEpoch: 1, steps })
      for (const rate of all) expect(rate).toBeGreaterThan(0)
    }
  })

  it('warm up before any of them, and begin the cosine behind it', () => {
    const warmUp = { epochs: 0.3, from: 0.1 }
    expectRates(rates({ type: 'constant', warmUp }, [0, 1, 2, 3]), [0.65, 1.1, 1.55, 2])
    expectRates(rates({ type: 'step', every: 1, factor: 0.5, warmUp: { epochs: 2 } }, [0, 19, 20]), [
      2 / 21,
      20 / 21,
      0.5,
    ])
    expectRates(rates({ type: 'cosine', warmUp: { epochs: 10 } }, [99, 100, 150]), [(2 * 100) / 101, 2, 1])
  })

  function afterEpochs(json: unknown, outcomes: readonly { loss: number; accuracy: number }[]): readonly number[] {
    const training = { learningRate: 1, schedule: scheduleOf(json) }
    let memory: ScheduleMemory | undefined
    return outcomes.map((outcome, epoch) => {
      // As a checkpoint keeps it.
      memory = JSON.parse(JSON.stringify(learnFromEpoch(training, memory, outcome))) as ScheduleMemory
      return learningRateAt(training, run, (epoch + 1) * run.stepsPerEpoch, memory)
    })
  }

  it('drop on a plateau of the loss as in PyTorch', () => {
    const losses = [1, 0.9, 0.9, 0.95, 0.9, 0.89995, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    const spec = { type: 'reduce-on-plateau', factor: 0.5, patience: 2, cooldown: 1, minimum: 0.2 }
    const actual = afterEpochs(
      spec,
      losses.map((loss) => ({ loss, accuracy: 0 })),
    )
    expectRates(actual, [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25])
  })

  it('drop on a plateau of the accuracy as in PyTorch', () => {
    const accuracies = [0.1, 0.2, 0.2, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1]
    const actual = afterEpochs(
      { type: 'reduce-on-plateau', metric: 'accuracy', patience: 1 },
      accuracies.map((accuracy) => ({ loss: 1, accuracy })),
    )
    expectRates(actual, [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001])
  })

  it.each([
    [{ type: 'step', every: 0 }, /every/],
    [{ type: 'multi-step', epochs: [] }, /epochs/],
    [{ type: 'cosin' }, /did you mean "cosine"/],
    [{ type: 'one-cycle', warmUp: { epochs: 1 } }, /warmUp/],
    [{ type: 'exponential', factor: 1.5 }, /factor/],
  ])('refuse %j', (json, says) => {
    expect(() => scheduleOf(json)).toThrow(says)
  })
})
