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
import {
  featureMaps,
  firstFilters,
  gradCam,
  imageSource,
  layerStatistics,
  occlusionMap,
  unitExamples,
} from '../../experiments/inspection/inspection-record.ts'
import { experimentSpec } from '../../experiments/spec/experiment-spec.ts'
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

const look = { member: inspectedRun, image: imageSource }

/** The kinds of questions, each with what goes in and what comes out. */
export const inspectorTasks = {
  evaluate: { input: z.strictObject(how), output: evaluationReport },
  examples: {
    input: z.strictObject({ ...how, select: exampleSelection, offset: count, limit: z.int().min(1).max(200) }),
    output: predictedExamples,
  },
  filters: { input: z.strictObject({ member: inspectedRun }), output: firstFilters },
  featureMaps: {
    input: z.strictObject({ ...look, layer: z.string(), limit: z.int().min(1).max(4096) }),
    output: featureMaps,
  },
  /** Without `target`, the class that the network predicts; without `layer`, the deepest feature maps. */
  gradCam: {
    input: z.strictObject({ ...look, target: count.optional(), layer: z.string().optional() }),
    output: gradCam,
  },
  occlusion: {
    input: z.strictObject({ ...look, target: count.optional(), size: z.int().min(1).optional() }),
    output: occlusionMap,
  },
  topExamples: {
    input: z.strictObject({ member: inspectedRun, layer: z.string(), offset: count, limit: z.int().min(1).max(64) }),
    output: unitExamples,
  },
  /** Without a checkpoint, the weights that training begins with. */
  layers: {
    input: z.strictObject({
      run: z.int().min(1),
      spec: experimentSpec,
      document: z.record(z.string(), z.unknown()),
      checkpoint: z.strictObject({ folder: z.string(), file: z.string(), sha256: z.string() }).nullable(),
    }),
    output: layerStatistics,
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
