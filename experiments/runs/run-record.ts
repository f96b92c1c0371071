/** A run as every client of the studio sees it: one training of one experiment, with its state, progress and results. */
import { z } from 'zod'
import type { JsonObject } from '../errors/studio-error.ts'
import { experimentSpec } from '../spec/experiment-spec.ts'
import { runReview } from './run-review.ts'

const jsonObject = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>

export const errorRecord = z.object({ code: z.string(), message: z.string(), details: jsonObject })

/**
 * queued -> running -> finished | failed | stopped. `stopped` is the user's wish, `failed` carries an error. A running one may become
 * `paused`, with a checkpoint and without a process, and `queued` again from there.
 */
export const runStatus = z.enum(['queued', 'running', 'paused', 'finished', 'failed', 'stopped'])
export type RunStatus = z.infer<typeof runStatus>

/** Why a run finished before its last epoch. */
export const endedEarly = z.enum(['early-stopping', 'user'])
export type EndedEarly = z.infer<typeof endedEarly>

export const lossAndAccuracy = z.object({ loss: z.number(), accuracy: z.number() })
export type LossAndAccuracy = z.infer<typeof lossAndAccuracy>

/** What one finished epoch reports. Epochs count from 1. */
export const epochResult = z.object({
  epoch: z.int(),
  /** Steps done since the run began. */
  step: z.int(),
  train: lossAndAccuracy,
  /** Null when the experiment holds nothing out. */
  validation: lossAndAccuracy.nullable(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
})
export type EpochResult = z.infer<typeof epochResult>

export const runProgress = z.object({
  epoch: z.int(),
  epochs: z.int(),
  step: z.int(),
  steps: z.int(),
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
})
export type RunProgress = z.infer<typeof runProgress>

export const runSummary = z.object({
  id: z.int(),
  name: z.string(),
  status: runStatus,
  /** Title of the network. */
  network: z.string(),
  dataset: z.string(),
  parameters: z.number().nullable(),
  seed: z.number(),
  engine: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  progress: runProgress,
  lastEpoch: epochResult.nullable(),
  /** Best epoch by validation accuracy, or by training accuracy where nothing is held out. */
  best: z.object({ epoch: z.int(), accuracy: z.number() }).nullable(),
  /** On the test split, with the weights of the last epoch; null until the run has finished. */
  test: lossAndAccuracy.nullable(),
  weightsSha256: z.string().nullable(),
  endedEarly: endedEarly.nullable(),
  error: errorRecord.nullable(),
  review: runReview,
})
export type RunSummary = z.infer<typeof runSummary>

export const checkpointRecord = z.object({
  id: z.int(),
  epoch: z.int(),
  step: z.int(),
  /** File name inside the run's checkpoint folder. */
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  createdAt: z.number(),
})
export type CheckpointRecord = z.infer<typeof checkpointRecord>

/** With why it is kept beside the newest two. */
export const keptCheckpoint = checkpointRecord.extend({
  /** Whether its epoch was the best one when it was written; the newest such one stays. */
  best: z.boolean(),
  /** Stays until it is let go. */
  pinned: z.boolean(),
})
export type KeptCheckpoint = z.infer<typeof keptCheckpoint>

/** What reproduces a run beside its specification. */
export const runEnvironment = z.object({
  studio: z.string(),
  commit: z.string().nullable(),
  node: z.string(),
  platform: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  device: z.string(),
  threads: z.int(),
  /** Which code prepared the batches, and how many threads. Absent in runs of older studios. */
  batches: z.string().optional(),
  datasetFingerprint: z.string(),
})
export type RunEnvironment = z.infer<typeof runEnvironment>

export const runDetail = runSummary.extend({
  spec: experimentSpec,
  networkDocument: z.record(z.string(), z.unknown()),
  environment: runEnvironment.nullable(),
  epochs: z.array(epochResult),
  checkpoints: z.array(keptCheckpoint),
})
export type RunDetail = z.infer<typeof runDetail>
