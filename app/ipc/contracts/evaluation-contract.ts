/** Evaluation, ensembles and looking inside networks: procedures and events. */
import { z } from 'zod'
import {
  evaluationMember,
  evaluationReport,
  evaluationRequest,
  examplePredictions,
  exampleSelection,
  predictedExamples,
} from '../../../experiments/evaluation/evaluation-record.ts'
import type { Contract } from '../contract.ts'

/** A name that the client chooses: progress is told with it, and by it the question can be cancelled. */
const task = z.string().min(1).max(100)
const named = { task: task.optional() }

export const evaluationContract = {
  procedures: {
    /** Test metrics of one run, or of several as an ensemble. Scores are kept: asking again costs moments. */
    'evaluation.run': { input: evaluationRequest.extend(named), output: evaluationReport },
    /** Test images with predictions, surest first. */
    'evaluation.examples': {
      input: evaluationRequest.extend({
        ...named,
        select: exampleSelection,
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(200).default(60),
      }),
      output: predictedExamples,
    },
    /** What one run says of each test example, for paired comparisons. */
    'evaluation.predictions': {
      input: evaluationMember.extend({ ...named, crops: evaluationRequest.shape.crops }),
      output: examplePredictions,
    },
    'evaluation.cancel': { input: z.strictObject({ task }), output: z.object({ cancelled: z.boolean() }) },
  },
  events: {
    /** Images done of those of `run`; what was kept from before is not told. */
    'evaluation.progress': z.object({ task: z.string(), run: z.int(), done: z.int(), total: z.int() }),
  },
} satisfies Contract
