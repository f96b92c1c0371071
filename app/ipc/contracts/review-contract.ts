/** Reviewing, diffing and branching runs: procedures and events. */
import { z } from 'zod'
import type { JsonObject } from '../../../experiments/errors/studio-error.ts'
import { reviewChange } from '../../../experiments/runs/run-review.ts'
import { runSummary } from '../../../experiments/runs/run-record.ts'
import type { Contract } from '../contract.ts'

const runId = z.int().min(1)
const nothing = z.strictObject({})
const jsonObject = z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>
const views = z.object({ views: z.array(z.object({ id: z.int(), name: z.string(), view: jsonObject })) })
const viewName = z.string().min(1).max(100)

/** One column of the table of runs: a value a run, null where it has none. */
const cells = z.array(z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.string())]))

export const reviewContract = {
  procedures: {
    /** A new run that goes on from a checkpoint of another one, with settings changed by their path. */
    'runs.branch': {
      input: z.strictObject({
        run: runId,
        epoch: z.int().min(1),
        set: z.array(z.strictObject({ path: z.string().min(1).max(200), value: z.json() })).max(200),
      }),
      output: runSummary,
    },
    /** Runs, the newest first, in parts that fit into a message; `next` is what to ask as `before` for more. */
    'runs.page': {
      input: z.strictObject({ before: runId.optional(), limit: z.int().min(1).max(5000) }),
      output: z.object({ runs: z.array(runSummary), next: z.int().nullable() }),
    },
    'review.mark': {
      input: z.strictObject({ runs: z.array(runId).min(1).max(100_000), change: reviewChange }),
      output: nothing,
    },
    /** Settings and results of runs, column by column, the newest run first; `next` is what to ask as `before` for more. */
    'review.rows': {
      input: z.strictObject({ before: runId.optional(), limit: z.int().min(1).max(20_000) }),
      output: z.object({
        ids: z.array(z.int()),
        columns: z.record(z.string(), cells),
        next: z.int().nullable(),
      }),
    },
    /** For each run, the finished runs of its configuration that differ in the seed only, itself among them. */
    'review.siblings': {
      input: z.strictObject({ runs: z.array(runId).min(1).max(1000) }),
      output: z.array(z.array(runSummary)),
    },
    'review.views': { input: nothing, output: views },
    'review.saveView': { input: z.strictObject({ name: viewName, view: jsonObject }), output: nothing },
    'review.deleteView': { input: z.strictObject({ name: viewName }), output: nothing },
  },
  events: {
    'review.viewsChanged': views,
  },
} satisfies Contract
