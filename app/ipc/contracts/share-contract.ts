/** Reports and bundles of runs: procedures. They take paths of files, so the window asks for them through Electron's main process. */
import { z } from 'zod'
import { reportLanguages } from '../../../experiments/review/report-language.ts'
import { runSummary } from '../../../experiments/runs/run-record.ts'
import type { Contract } from '../contract.ts'

export const shareRequest = z.strictObject({
  runs: z.array(z.int().min(1)).min(1).max(64),
  /** Whether each run's best checkpoint is evaluated on the test images for the report. */
  evaluate: z.boolean().default(false),
  /** Of the report. */
  language: z.enum(reportLanguages).default('en'),
})
const file = z.string().min(1)

export const importedBundle = z.object({
  /** Under the numbers that they have here. */
  runs: z.array(runSummary),
  /** What keeps a run from going on here as it did there. */
  warnings: z.array(
    z.object({
      run: z.int(),
      kind: z.enum(['dataset-missing', 'different-data', 'parent-missing']),
      dataset: z.string(),
    }),
  ),
})

export const shareContract = {
  procedures: {
    /** Writes runs as one HTML file that opens anywhere, without a network. `file` is absolute. */
    'runs.report': {
      input: shareRequest.extend({ file }),
      output: z.object({ file: z.string(), bytes: z.number() }),
    },
    /** Writes runs with networks, metrics, checkpoints and report as one sealed file. */
    'runs.exportBundle': {
      input: shareRequest.extend({ file }),
      output: z.object({ file: z.string(), bytes: z.number(), runs: z.int(), checkpoints: z.int() }),
    },
    /** Takes the runs of a bundle in: all, or none when a byte of it is wrong. */
    'runs.importBundle': { input: z.strictObject({ file }), output: importedBundle },
  },
  events: {},
} satisfies Contract
