/** Searching hyper-parameters: procedures and events. */
import { z } from 'zod'
import { runSummary } from '../../../experiments/runs/run-record.ts'
import { parallelAdvice } from '../../../experiments/tuning/parallel-advice.ts'
import { sweepDetail, sweepSummary } from '../../../experiments/tuning/sweep-record.ts'
import { sweepEdit } from '../../../experiments/tuning/sweep-spec.ts'
import type { Contract } from '../contract.ts'

const sweep = z.int().min(1)
const nothing = z.strictObject({})
const one = z.strictObject({ sweep })

export const sweepsContract = {
  procedures: {
    /** Begins a sweep. All problems of it and of its experiment at once. */
    'sweeps.create': { input: z.strictObject({ spec: z.unknown() }), output: sweepSummary },
    /** How many trials of an experiment should train at a time here and now; measured in a process of its own, for a few seconds. */
    'sweeps.adviseParallel': { input: z.strictObject({ experiment: z.unknown() }), output: parallelAdvice },
    /** Newest first. */
    'sweeps.list': { input: nothing, output: z.array(sweepSummary) },
    'sweeps.get': { input: one, output: sweepDetail },
    /** Answers when running trials have ended with a checkpoint. */
    'sweeps.pause': { input: one, output: sweepSummary },
    'sweeps.resume': { input: one, output: sweepSummary },
    /** So many more trials or epochs; without either, as much again. Goes on where the sweep was paused or done. */
    'sweeps.extend': {
      input: z.strictObject({
        sweep,
        trials: z.int().min(1).max(100_000).optional(),
        epochs: z.int().min(1).max(10_000_000).optional(),
      }),
      output: sweepSummary,
    },
    /** Trials so far stay as they are. */
    'sweeps.edit': { input: z.strictObject({ sweep, change: sweepEdit }), output: sweepSummary },
    /** Only failed trials train again. */
    'sweeps.retryFailed': { input: one, output: sweepSummary },
    /** Trains a trial on to a larger number of epochs, as a new run from its last checkpoint. */
    'sweeps.branch': {
      input: z.strictObject({ sweep, trial: z.int().min(0), epochs: z.int().min(1).max(100_000).optional() }),
      output: runSummary,
    },
    'sweeps.delete': { input: one, output: nothing },
    'sweeps.restore': { input: one, output: sweepSummary },
  },
  events: {
    'sweep.changed': sweepSummary,
    'sweep.removed': z.object({ sweep: z.int() }),
  },
} satisfies Contract
