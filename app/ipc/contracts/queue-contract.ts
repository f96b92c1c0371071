/** The night queue: procedures and events. */
import { z } from 'zod'
import {
  awakeReport,
  jobOptions,
  jobPriority,
  machineUsage,
  processUsage,
  queueJob,
  queueUndo,
  runEvent,
} from '../../../experiments/queue/job-record.ts'
import { endHook, queueSettings, queueSettingsChange } from '../../../experiments/queue/queue-settings.ts'
import { runSummary } from '../../../experiments/runs/run-record.ts'
import type { Contract } from '../contract.ts'

const runId = z.int().min(1)
const runs = z.array(runId).min(1).max(100_000)
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
const nothing = z.strictObject({})
const epoch = z.int().min(1).max(1_000_000)

/** The queue without its jobs. */
export const queueOverview = z.object({
  settings: queueSettings,
  /** Whether the time windows let jobs run now, and when that changes. */
  window: z.object({ open: z.boolean(), changesAt: z.number().nullable() }),
  ...queueUndo.shape,
  waiting: z.int(),
  running: z.array(z.int()),
  awake: awakeReport,
  /** What went wrong at the last end of a run or of the queue, with the command or address of the user. */
  hookProblem: z.string().nullable(),
})
export type QueueOverview = z.infer<typeof queueOverview>

export const queueContract = {
  procedures: {
    /** The whole queue: jobs that train, wait or are paused, in their order. */
    'queue.get': { input: nothing, output: queueOverview.extend({ jobs: z.array(queueJob) }) },
    /** The queue without its jobs but for the named ones; one that is in it no more is left out. */
    'queue.jobs': {
      input: z.strictObject({ runs: z.array(runId) }),
      output: queueOverview.extend({ jobs: z.array(queueJob) }),
    },
    /** Queues an experiment once for each seed (its own one by default), all or none. */
    'queue.add': {
      input: z.strictObject({
        specs: z.array(z.unknown()).min(1).max(10_000),
        seeds: z.array(seed).min(1).max(1000).optional(),
        job: jobOptions.optional(),
      }),
      output: z.array(runSummary),
    },
    /** Puts jobs right before another one, taking its priority; null: behind all. */
    'queue.move': { input: z.strictObject({ runs, before: runId.nullable() }), output: nothing },
    'queue.prioritise': { input: z.strictObject({ runs, priority: jobPriority }), output: nothing },
    /** Answers when running ones have ended with a checkpoint. */
    'queue.pause': { input: z.strictObject({ runs }), output: nothing },
    'queue.resume': { input: z.strictObject({ runs, pauseAfterEpoch: epoch.nullish() }), output: nothing },
    /** Answers when running ones have ended with a checkpoint. */
    'queue.cancel': { input: z.strictObject({ runs }), output: nothing },
    /** Failed and stopped runs go on from their last checkpoint. */
    'queue.retry': { input: z.strictObject({ runs }), output: nothing },
    /** Queues the experiments of runs again, from their beginning. */
    'queue.duplicate': {
      input: z.strictObject({ runs, seeds: z.array(seed).min(1).max(1000).optional() }),
      output: z.array(runSummary),
    },
    /** `current` is the epoch that a running job trains at the moment. `stopAfterEpoch` finishes the run as if that epoch were its last. */
    'queue.edit': {
      input: z.strictObject({
        run: runId,
        pauseAfterEpoch: epoch.or(z.literal('current')).nullish(),
        stopAfterEpoch: epoch.or(z.literal('current')).nullish(),
        slots: z.int().min(1).max(64).optional(),
      }),
      output: nothing,
    },
    /** Another learning rate for an open run, in training or not; answers with the step, counted from 0, from which it holds. */
    'queue.changeRate': {
      input: z.strictObject({ run: runId, learningRate: z.number().positive().max(1000) }),
      output: z.object({ step: z.int() }),
    },
    /** A pinned checkpoint stays; otherwise the newest two and the best one do. */
    'queue.pinCheckpoint': {
      input: z.strictObject({ run: runId, step: z.int().min(0), pinned: z.boolean() }),
      output: nothing,
    },
    /** What happened to a run, oldest first. */
    'queue.events': { input: z.strictObject({ run: runId }), output: z.array(runEvent) },
    /** Puts another experiment in the place of one that waits and has not begun; its run gets a new number. */
    'queue.replace': { input: z.strictObject({ run: runId, spec: z.unknown() }), output: runSummary },
    /** Whether the queue starts nothing more. What trains goes on, or is paused with it and goes on with it; answers when it has paused. */
    'queue.hold': {
      input: z.strictObject({ held: z.boolean(), running: z.enum(['goOn', 'pause']).optional() }),
      output: queueSettings,
    },
    'queue.configure': { input: queueSettingsChange, output: queueSettings },
    /** What is done at the end of each run, or when nothing is left to train. Not for the window: it runs commands. */
    'queue.setEndHook': {
      input: z.strictObject({ at: z.enum(['run', 'queue']), hook: endHook }),
      output: queueSettings,
    },
    'queue.undo': { input: nothing, output: queueUndo },
    'queue.redo': { input: nothing, output: queueUndo },
    /** How busy the whole machine is. It is measured only when asked for, and at most every two seconds. */
    'queue.machine': { input: nothing, output: machineUsage },
    /** The end of what the training processes of a run printed. */
    'queue.log': {
      input: z.strictObject({ run: runId, maxBytes: z.int().min(1).max(1_000_000).default(100_000) }),
      output: z.object({ text: z.string(), truncated: z.boolean() }),
    },
  },
  events: {
    /** Jobs entered, left or changed their place; none named: the settings changed. */
    'queue.changed': z.object({ runs: z.array(z.int()) }),
    /** What the process of a run takes of the machine, once a second. */
    'queue.usage': z.object({ run: z.int(), ...processUsage.shape }),
  },
} satisfies Contract
