/** Numbers that a run reports while it trains. */
import { z } from 'zod'

export const metricSplit = z.enum(['train', 'validation', 'test'])
export type MetricSplit = z.infer<typeof metricSplit>

/** One value of one series at one step; steps count from 1 over the whole run. */
export const metricPoint = z.object({
  split: metricSplit,
  /** `loss`, `accuracy`, `learningRate`, `gradientNorm`, ... */
  name: z.string(),
  step: z.int(),
  value: z.number(),
  /** Milliseconds since 1970. */
  at: z.number(),
})
export type MetricPoint = z.infer<typeof metricPoint>

/** A whole series in columns, ascending by step. */
export const metricSeries = z.object({
  split: metricSplit,
  name: z.string(),
  steps: z.array(z.int()),
  values: z.array(z.number()),
  at: z.array(z.number()),
})
export type MetricSeries = z.infer<typeof metricSeries>
