/** A learning-rate range test of an experiment: a short training whose rate grows from far too small to far too large. */
import type { MetricSeries } from '../runs/metric.ts'
import { suggestLearningRate, type RateSuggestion } from './answers/learning-rate-range.ts'

export interface RangeTestOptions {
  /** Training examples of the dataset. */
  readonly trainCount: number
  readonly from?: number
  readonly to?: number
  readonly steps?: number
}

export const rangeTestDefaults = { from: 1e-5, to: 1, steps: 150 } as const

/** The experiment with as many examples and epochs as the steps need; nothing is held out, everything else stays. */
export function rangeTestExperiment(
  experiment: Readonly<Record<string, unknown>>,
  { trainCount, ...options }: RangeTestOptions,
): Record<string, unknown> {
  const { from, to, steps } = { ...rangeTestDefaults, ...options }
  const data = experiment['data'] as { limit?: number } | undefined
  const train = experiment['train'] as { batchSize: number } | undefined
  const wanted = steps * (train?.batchSize ?? 1)
  const limit = Math.min(wanted, data?.limit ?? trainCount, trainCount)
  const stepsPerEpoch = Math.max(1, Math.floor(limit / (train?.batchSize ?? 1)))
  const name = typeof experiment['name'] === 'string' ? experiment['name'] : 'learning rate'
  return {
    ...experiment,
    name: `${name}: range test`.slice(0, 200),
    data: { ...data, limit, validation: 0 },
    train: {
      ...train,
      epochs: Math.ceil(steps / stepsPerEpoch),
      learningRate: from,
      schedule: { type: 'range-test', growth: to / from },
    },
  }
}

export interface RangeTestReading {
  readonly rates: readonly number[]
  readonly losses: readonly number[]
  /** Undefined when the loss never fell. */
  readonly suggestion: RateSuggestion | undefined
}

/** Read from the metrics of its run, which ends where the loss is no number any more. */
export function readRangeTest(series: readonly MetricSeries[]): RangeTestReading {
  const find = (wanted: string) => series.find(({ split, name }) => split === 'train' && name === wanted)
  const [loss, rate] = [find('loss'), find('learningRate')]
  const rateAt = new Map(rate?.steps.map((step, index) => [step, rate.values[index]]))
  const points = (loss?.steps ?? []).flatMap((step, index) => {
    const [at, value] = [rateAt.get(step), loss?.values[index]]
    return at === undefined || value === undefined ? [] : [{ rate: at, loss: value }]
  })
  const [rates, losses] = [points.map((point) => point.rate), points.map((point) => point.loss)]
  return { rates, losses, suggestion: suggestLearningRate(rates, losses) }
}
