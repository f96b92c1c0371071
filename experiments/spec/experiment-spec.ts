/**
 * An experiment: which network, on which data, trained how, from which seed. Everything that decides the losses is in here,
 * so that the same specification on the same engine gives the same losses to the last digit.
 */
import { z } from 'zod'
import { augmentationListSpec } from '../augmentation/augmentation-spec.ts'
import { deviceLossSpec, deviceSpec } from '../engines/device-request.ts'
import { earlyStoppingSpec } from '../schedules/early-stopping.ts'
import { parseOrThrow } from '../schema/parse.ts'
import { isMicroBatch, microBatchSpec } from './micro-batch.ts'
import { optimizerSpec } from './optimizer-spec.ts'
import { precisionSpec } from './precision-spec.ts'
import { gradientClipSpec, labelSmoothingSpec, weightDecayOnSpec, weightDecaySpec } from './regularisation-spec.ts'
import { scheduleSpec } from './schedule-spec.ts'
import { startSpec } from './start-spec.ts'

const networkSpec = z.union([
  z.strictObject({ zoo: z.string().describe('id of a ready-made network, see `strata zoo`') }),
  z.strictObject({ file: z.string().describe('path of a *.network.json, relative to the experiment file') }),
  z.strictObject({ document: z.record(z.string(), z.unknown()).describe('a network document, written in place') }),
])

const dataSpec = z.strictObject({
  dataset: z.string().min(1),
  /** Examples taken from the training split, before the validation share is set aside. Default: all. */
  limit: z.int().min(1).optional(),
  /** Share of the training examples held out for validation, stratified by class. Default 0.1. */
  validation: z.number().min(0).max(0.9).default(0.1),
  /** Random changes of the training images, see experiments/augmentation. Default: none. */
  augment: augmentationListSpec.optional(),
  /** Side of the square that the network sees: training crops as `augment` says, everything else takes the middle. Default: the whole image. */
  inputSize: z.int().min(1).max(4096).optional(),
  /** Threads that prepare batches; they do not change any result. Default: half of the cores, at most four. */
  threads: z.int().min(1).max(64).optional(),
})

const trainSpec = z
  .strictObject({
    epochs: z.int().min(1).max(100_000),
    batchSize: z.int().min(1).max(65_536),
    /** Examples that go through the network at once; divides the batch. Default: the whole batch. */
    microBatch: microBatchSpec.optional(),
    optimizer: optimizerSpec.default({ type: 'sgd', momentum: 0.9, nesterov: false }),
    learningRate: z.number().positive().max(1000),
    /** How the learning rate changes from step to step. Default: it stays. */
    schedule: scheduleSpec.optional(),
    /** Default: 0. */
    weightDecay: weightDecaySpec.optional(),
    /** Default: `kernels`. */
    weightDecayOn: weightDecayOnSpec.optional(),
    /** Ends the run when it stops getting better. Default: it trains all epochs. */
    earlyStopping: earlyStoppingSpec.optional(),
    /** Default: gradients are taken as they are. */
    gradientClip: gradientClipSpec.optional(),
    /** Default: 0. */
    labelSmoothing: labelSmoothingSpec.optional(),
    /** Default: `float32`. */
    precision: precisionSpec.optional(),
  })
  .refine(({ batchSize, microBatch }) => microBatch === undefined || isMicroBatch(batchSize, microBatch), {
    path: ['microBatch'],
    message: 'expected a divisor of the batch size',
  })

const checkpointSpec = z.strictObject({
  /** As soon as so many steps were trained since the last one. */
  everySteps: z.int().min(1).max(1_000_000_000).optional(),
  everyMinutes: z.number().min(0.05).max(100_000).optional(),
})

export const experimentSpec = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  network: networkSpec,
  /** Default: from random weights. */
  start: startSpec.optional(),
  data: dataSpec,
  train: trainSpec,
  /** When checkpoints are written beside those at the end of each epoch; they change no result. */
  checkpoints: checkpointSpec.optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  /** Engine id, see `strata doctor`. Default: the best available one. */
  engine: z.string().optional(),
  /** Default: the engine's; without an engine the processor. */
  device: deviceSpec.optional(),
  /** When its device is absent or lost. Default: `fail`. */
  onDeviceLoss: deviceLossSpec.optional(),
})

/** A complete specification: every default filled in. */
export type ExperimentSpec = z.output<typeof experimentSpec>
/** What a person writes: defaults may be left out. */
export type ExperimentSpecInput = z.input<typeof experimentSpec>

/** Throws one StudioError with all problems; `what` names the file. */
export function parseExperimentSpec(json: unknown, what = 'experiment'): ExperimentSpec {
  return parseOrThrow(experimentSpec, json, what)
}
