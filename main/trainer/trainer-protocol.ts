/** What the service and a trainer process tell each other. Both ends check every message: the other end may be of another build. */
import { z } from 'zod'
import { processUsage, type ProcessUsage } from '../../experiments/queue/job-record.ts'
import { metricPoint } from '../../experiments/runs/metric.ts'
import {
  endedEarly,
  epochResult,
  errorRecord,
  lossAndAccuracy,
  runEnvironment,
} from '../../experiments/runs/run-record.ts'
import { experimentSpec } from '../../experiments/spec/experiment-spec.ts'

const count = z.int().min(0)
const best = z.strictObject({ epoch: count, accuracy: z.number() }).nullable()

/** Everything a trainer needs to know to begin or to continue a run. */
export const trainerJob = z.strictObject({
  run: z.int().min(1),
  /** Home folder of the studio. */
  home: z.string(),
  spec: experimentSpec,
  document: z.record(z.string(), z.unknown()),
  /** Hash of specification and document, see checkpoints. */
  experiment: z.string(),
  engine: z.string(),
  /** Of the engine. Default: its first available one. */
  device: z.string().optional(),
  /** Threads of the processor that the run began with: part of what makes losses equal. Null: this machine's cores. */
  threads: z.int().min(1).nullable(),
  /** Overrides `train.microBatch` of the specification, for a device with too little memory; see smallerMicroBatch. */
  microBatch: z.int().min(1).nullable().optional(),
  studio: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  checkpointFolder: z.string(),
  /** Checkpoints to continue from, newest first; the first whole one is used. Empty: from the beginning. */
  checkpoints: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
  /** A branch without a checkpoint of its own begins from this one of another run, with what of it fits. */
  branch: z
    .strictObject({
      folder: z.string(),
      file: z.string(),
      sha256: z.string(),
      keepsSchedule: z.boolean(),
      /** Id of a layer to the id that it had in the run that is continued; the others kept theirs. */
      renamed: z.record(z.string(), z.string()),
    })
    .optional(),
  /** Pauses by itself, with a checkpoint, when this epoch is finished. */
  pauseAfterEpoch: z.int().min(1).nullable(),
  /** Finishes, as if it were the last one, after this epoch. */
  stopAfterEpoch: z.int().min(1).nullable().optional(),
  /** The only epochs after which the held-out images are looked at. Default: each. */
  evaluateAfter: z.array(z.int().min(1)).optional(),
  /** Learning rates that were set while it trained, in the order of their steps. */
  rateChanges: z.array(z.strictObject({ step: count, learningRate: z.number().positive() })).optional(),
})
export type TrainerJob = z.output<typeof trainerJob>

export const toTrainer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('train'), job: trainerJob }),
  /** Train nothing: say how many images a second the job's network gets through with so many threads. The answer is `threadRates`. */
  z.strictObject({ type: z.literal('measureThreads'), job: trainerJob, threads: z.array(z.int().min(1)).min(1) }),
  /** End after the current dispatch, with a checkpoint. */
  z.strictObject({ type: z.literal('stop') }),
  /** Takes the place of the job's `stopAfterEpoch`. */
  z.strictObject({ type: z.literal('stopAfter'), epoch: z.int().min(1).nullable() }),
  /** From the next step on; answered by `rateChanged`. */
  z.strictObject({ type: z.literal('changeRate'), learningRate: z.number().positive() }),
  /** Takes the place of the job's `pauseAfterEpoch`. */
  z.strictObject({ type: z.literal('pauseAfter'), epoch: z.int().min(1).nullable() }),
])
export type ToTrainer = z.output<typeof toTrainer>

/** The only answer to `measureThreads`; the process ends behind it. */
export const threadRates = z.strictObject({
  type: z.literal('threadRates'),
  /** In the order of the threads that were asked for. */
  imagesPerSecond: z.array(z.number().min(0)),
})

export type ThreadRates = z.output<typeof threadRates>

export const trainerProgress = z.strictObject({
  /** The epoch that is being trained, from 1. */
  epoch: count,
  step: count,
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
})
export type TrainerProgress = z.output<typeof trainerProgress>

export type TrainerUsage = ProcessUsage

export const fromTrainer = z.discriminatedUnion('type', [
  /** The first message: where training begins. What was reported after that step is void. */
  z.strictObject({
    type: z.literal('started'),
    environment: runEnvironment,
    parameters: count,
    steps: count,
    position: z.strictObject({ epoch: count, step: count, best }),
    /** File it continues from; null from the beginning. */
    continuedFrom: z.string().nullable(),
    /** Checkpoints that could not be used. */
    rejected: z.array(z.strictObject({ file: z.string(), error: errorRecord })),
  }),
  /** What the process takes of the machine, once a second. */
  z.strictObject({ type: z.literal('usage'), ...processUsage.shape }),
  z.strictObject({ type: z.literal('metrics'), points: z.array(metricPoint), progress: trainerProgress }),
  /** A learning rate that was asked for holds from this step on, counted from 0. Comes before all that was trained with it. */
  z.strictObject({ type: z.literal('rateChanged'), step: count, epoch: count, learningRate: z.number() }),
  z.strictObject({ type: z.literal('epoch'), result: epochResult, best }),
  /** A file that was written, read back and renamed. */
  z.strictObject({
    type: z.literal('checkpoint'),
    epoch: count,
    step: count,
    file: z.string(),
    bytes: count,
    sha256: z.string(),
    /** Whether it holds the best epoch so far. */
    best: z.boolean(),
    createdAt: z.number(),
  }),
  /** The last message is one of these four; after `stopped` and `paused` everything is in the last checkpoint. */
  z.strictObject({
    type: z.literal('finished'),
    /** Null for a range test, which is not there to be good. */
    test: lossAndAccuracy.nullable(),
    weightsSha256: z.string(),
    /** Why before its last epoch. */
    endedEarly: endedEarly.nullable(),
  }),
  z.strictObject({ type: z.literal('stopped') }),
  /** The epoch was reached after which it was to pause. */
  z.strictObject({ type: z.literal('paused') }),
  z.strictObject({ type: z.literal('failed'), error: errorRecord }),
])
export type FromTrainer = z.output<typeof fromTrainer>
