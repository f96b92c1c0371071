/**
 * What the service and the inspector process tell each other. The inspector evaluates networks and looks inside of them; an engine that
 * aborts there ends a question, never the studio.
 */
import { z } from 'zod'
import {
  evaluationReport,
  evaluationRequest,
  examplePredictions,
  exampleSelection,
  predictedExamples,
} from '../../experiments/evaluation/evaluation-record.ts'
import { errorRecord } from '../../experiments/runs/run-record.ts'

const count = z.int().min(0)

/** A run with the checkpoint whose weights are looked at. */
export const inspectedRun = z.strictObject({
  run: z.int().min(1),
  name: z.string(),
  network: z.string(),
  seed: z.number(),
  dataset: z.string(),
  /** Side of the square that the network sees of each image; null for the whole image. */
  inputSize: z.int().min(1).nullable(),
  /** Of the data that it was trained on; null when the run was never started. */
  fingerprint: z.string().nullable(),
  document: z.record(z.string(), z.unknown()),
  checkpoint: z.strictObject({
    folder: z.string(),
    file: z.string(),
    sha256: z.string(),
    epoch: count,
    step: count,
  }),
})
export type InspectedRun = z.output<typeof inspectedRun>

const how = {
  members: z.array(inspectedRun).min(1),
  crops: evaluationRequest.shape.crops,
  combine: evaluationRequest.shape.combine,
}

/** The kinds of questions, each with what goes in and what comes out. */
export const inspectorTasks = {
  evaluate: { input: z.strictObject(how), output: evaluationReport },
  examples: {
    input: z.strictObject({ ...how, select: exampleSelection, offset: count, limit: z.int().min(1).max(200) }),
    output: predictedExamples,
  },
  predictions: {
    input: z.strictObject({ member: inspectedRun, crops: evaluationRequest.shape.crops }),
    output: examplePredictions,
  },
} satisfies Record<string, { input: z.ZodType; output: z.ZodType }>

export type InspectorTasks = typeof inspectorTasks
export type InspectorTask = keyof InspectorTasks
export type TaskInput<T extends InspectorTask> = z.output<InspectorTasks[T]['input']>
export type TaskOutput<T extends InspectorTask> = z.output<InspectorTasks[T]['output']>

export const toInspector = z.strictObject({
  id: count,
  /** Home folder of the studio. */
  home: z.string(),
  task: z.enum(Object.keys(inspectorTasks) as [InspectorTask, ...InspectorTask[]]),
  input: z.unknown(),
})
export type ToInspector = z.output<typeof toInspector>

export const taskProgress = z.strictObject({
  /** The run that is worked on. */
  run: count,
  done: count,
  total: count,
})
export type TaskProgress = z.output<typeof taskProgress>

export const fromInspector = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), id: count, progress: taskProgress }),
  z.strictObject({ type: z.literal('result'), id: count, value: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), id: count, error: errorRecord }),
])
export type FromInspector = z.output<typeof fromInspector>
