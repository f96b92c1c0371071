/** A sweep as a file: the experiment it varies, along which axes, how trials are chosen, how long each trains, and when it is over. */
import { z } from 'zod'
import { parseOrThrow } from '../schema/parse.ts'
import { axisSpec } from './space/axis-spec.ts'

const searchSpec = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('grid') }),
  z.strictObject({ type: z.literal('random') }),
  /** Quasi-random: fills the space evenly. */
  z.strictObject({ type: z.literal('sobol') }),
  z.strictObject({
    type: z.literal('tpe'),
    startup: z.int().min(2).max(1000).default(10),
    candidates: z.int().min(1).max(10_000).default(64),
    /** Of what promises as much, the configuration with fewer multiply-adds: more trials for the same compute. */
    perCost: z.boolean().default(false),
  }),
  /** Gaussian process: for up to about ten axes and a few hundred trials. */
  z.strictObject({ type: z.literal('gp'), startup: z.int().min(2).max(1000).default(8) }),
])

const reduction = z.int().min(2).max(16).default(3)
const minEpochs = z.int().min(1).max(100_000).default(1)

const fidelitySpec = z.discriminatedUnion('type', [
  /** Every trial trains its full length. */
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('asha'), minEpochs, reduction }),
  z.strictObject({ type: z.literal('halving'), minEpochs, reduction }),
  z.strictObject({ type: z.literal('hyperband'), minEpochs, reduction }),
  /** Whole trainings, of which those that fall behind the median are stopped. */
  z.strictObject({
    type: z.literal('median'),
    graceEpochs: z.int().min(1).max(100_000).default(1),
    minTrials: z.int().min(1).max(1000).default(4),
  }),
])

export const objectiveMetric = z.enum(['accuracy', 'loss', 'parameters', 'multiplyAdds', 'seconds'])
export type ObjectiveMetric = z.infer<typeof objectiveMetric>

const objectiveSpec = z.strictObject({
  /** `accuracy` and `loss` are the best epoch's, on what the experiment holds out. */
  metric: objectiveMetric,
  /** Default: accuracy is maximised, the others are minimised. */
  goal: z.enum(['maximize', 'minimize']).optional(),
})

const budgetSpec = z
  .strictObject({
    /** Different configurations to begin at most. */
    trials: z.int().min(1).max(100_000).optional(),
    /** Epochs to train at most, all trials together. */
    epochs: z.int().min(1).max(10_000_000).optional(),
  })
  .refine(({ trials, epochs }) => trials !== undefined || epochs !== undefined, {
    message: 'needs "trials" or "epochs": without either a sweep would never end',
  })

const replicatesSpec = z.strictObject({ count: z.int().min(1).max(100), racing: z.boolean().default(true) })

export const sweepSpec = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  /** The experiment as it stands in an experiment file; each trial changes the axes' places in it. Its epochs are the full length. */
  experiment: z.record(z.string(), z.unknown()),
  space: z.array(axisSpec).max(200),
  search: searchSpec.default({ type: 'tpe', startup: 10, candidates: 64, perCost: false }),
  fidelity: fidelitySpec.default({ type: 'none' }),
  /** The first one leads. */
  objectives: z
    .array(objectiveSpec)
    .min(1)
    .max(3)
    .default([{ metric: 'accuracy' }]),
  budget: budgetSpec,
  /** Trainings of each configuration, from different seeds. With racing, further seeds only for those that can still win. */
  replicates: replicatesSpec.default({ count: 1, racing: true }),
  /** Trials at a time: they share one slot of the queue, each with its part of the cores. */
  parallel: z.int().min(1).max(8).default(1),
  /** Accuracy for which each trial's curve says when it gets there. */
  target: z.number().positive().max(1).optional(),
  /** Begins nothing more once a trial has reached the target; what trains goes on to its rung or its end. */
  untilTarget: z.boolean().default(false),
  /** Begin each trial with the weights of the best one so far, for layers that are equal. */
  inheritWeights: z.boolean().default(false),
  /** Epochs to which the best configuration is trained when it is branched. Default: three times those of the experiment. */
  fullEpochs: z.int().min(1).max(100_000).optional(),
  /** Bytes that a trial's training may need; larger networks are left out before they are queued. Default: half of the machine's memory, shared by the trials at a time. */
  memoryLimit: z.number().positive().optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
})

/** What may be changed of a sweep that has begun: rungs and objectives are what its trials were compared by. No defaults may sneak in. */
export const sweepEdit = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  space: z.array(axisSpec).max(200).optional(),
  search: searchSpec.optional(),
  budget: budgetSpec.optional(),
  replicates: replicatesSpec.optional(),
  parallel: z.int().min(1).max(8).optional(),
  /** Null takes it away, as of the others below. */
  fullEpochs: z.int().min(1).max(100_000).nullable().optional(),
  memoryLimit: z.number().positive().nullable().optional(),
  target: z.number().positive().max(1).nullable().optional(),
  untilTarget: z.boolean().optional(),
})
export type SweepEdit = z.output<typeof sweepEdit>

export type SweepSpec = z.output<typeof sweepSpec>
export type SweepSpecInput = z.input<typeof sweepSpec>
export type Objective = SweepSpec['objectives'][number]

/** Throws one StudioError with all problems; `what` names the file. */
export function parseSweepSpec(json: unknown, what = 'sweep'): SweepSpec {
  return parseOrThrow(sweepSpec, json, what)
}

export function isMaximised({ metric, goal }: Objective): boolean {
  return (goal ?? (metric === 'accuracy' ? 'maximize' : 'minimize')) === 'maximize'
}
