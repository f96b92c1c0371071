/** A sweep and its trials as every client of the studio sees them. What follows from their numbers is computed from these by `answers/`. */
import { z } from 'zod'
import type { JsonObject } from '../errors/studio-error.ts'
import { machineSample } from '../queue/machine-sample.ts'
import { errorRecord, runStatus } from '../runs/run-record.ts'
import { objectiveMetric, sweepSpec } from './sweep-spec.ts'

const count = z.int().min(0)
const jsonObject = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>

/** `done`: nothing is left to try within the budget. `failed`: it ended without an answer, `problem` says why and what to do. */
export const sweepState = z.enum(['running', 'paused', 'done', 'failed'])
export type SweepState = z.infer<typeof sweepState>

/**
 * waiting -> running -> rung (paused with a checkpoint, may be promoted) | complete | failed | stopped. `held` is one that a person paused, or
 * the sweep's pause. `impossible` was never queued: its network cannot be built, or does not fit into memory.
 */
export const trialState = z.enum(['waiting', 'running', 'rung', 'held', 'complete', 'stopped', 'failed', 'impossible'])
export type TrialState = z.infer<typeof trialState>

/** Why the median rule stopped a trial. */
export const medianStop = z.object({
  type: z.literal('median'),
  epoch: z.int(),
  best: z.number(),
  median: z.number(),
  others: z.int(),
})
export type MedianStop = z.infer<typeof medianStop>

/** A training of a trial from a further seed. */
const replicate = z.object({
  run: z.int(),
  seed: z.number(),
  status: runStatus,
  epochs: count,
  seconds: z.number(),
  /** Of its best epoch; null before the first one. */
  accuracy: z.number().nullable(),
  loss: z.number().nullable(),
})

export const sweepTrial = z.object({
  number: count,
  draw: count,
  bracket: count,
  configuration: jsonObject,
  state: trialState,
  /** Epochs it was last told to reach. */
  target: count,
  /** Its first training; null where it is impossible. */
  run: z.int().nullable(),
  /** By epoch from 1: on what the experiment holds out, or on the training data where it holds out nothing. */
  curve: z.object({ accuracy: z.array(z.number()), loss: z.array(z.number()), seconds: z.array(z.number()) }),
  replicates: z.array(replicate),
  parameters: z.number().nullable(),
  /** Of one example, forward. */
  multiplyAdds: z.number().nullable(),
  verdict: medianStop.nullable(),
  /** Of a failed or impossible one. */
  error: errorRecord.nullable(),
  /** The run whose weights it began with. */
  inheritedRun: z.int().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
})
export type SweepTrial = z.infer<typeof sweepTrial>

export const sweepDecisionType = z.enum([
  'started',
  'skipped',
  'promoted',
  'stopped',
  'replicated',
  'retried',
  'paused',
  'resumed',
  'edited',
  'extended',
  'done',
  'failed',
])
export type SweepDecisionType = z.infer<typeof sweepDecisionType>

export const sweepDecision = z.object({
  id: z.int(),
  trial: count.nullable(),
  at: z.number(),
  type: sweepDecisionType,
  data: jsonObject,
})
export type SweepDecision = z.infer<typeof sweepDecision>

/** What was known of the experiment when the sweep was made or edited. */
export const sweepFacts = z.object({
  network: z.string(),
  dataset: z.string(),
  /** The full length of a trial. */
  maxEpochs: z.int(),
  /** Examples that decide accuracy and loss. */
  heldOut: z.int(),
})
export type SweepFacts = z.infer<typeof sweepFacts>

export const sweepSummary = z.object({
  id: z.int(),
  name: z.string(),
  state: sweepState,
  problem: errorRecord.nullable(),
  facts: sweepFacts,
  search: z.string(),
  fidelity: z.string(),
  axes: z.array(z.string()),
  objective: z.object({ metric: objectiveMetric, maximised: z.boolean() }),
  /** Trials by their state. */
  counts: z.record(trialState, count),
  budget: z.object({ trials: z.int().nullable(), epochs: z.int().nullable() }),
  spent: z.object({ trials: count, epochs: count, seconds: z.number() }),
  /** By the first objective. */
  best: z.object({ trial: count, value: z.number() }).nullable(),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
})
export type SweepSummary = z.infer<typeof sweepSummary>

/** When a training of a trial held the device; `to` is null as long as it does. */
export const trainingSpan = z.object({
  trial: count,
  run: z.int(),
  from: z.number(),
  to: z.number().nullable(),
})
export type TrainingSpan = z.infer<typeof trainingSpan>

export const sweepDetail = sweepSummary.extend({
  spec: sweepSpec,
  spans: z.array(trainingSpan),
  /** How busy the machine was from the first training on, as means where there are many; empty where nobody measured. */
  machine: z.array(machineSample),
  trials: z.array(sweepTrial),
  decisions: z.array(sweepDecision),
})
export type SweepDetail = z.infer<typeof sweepDetail>
