/** The result of an evaluation as it travels to the window and the command line. Examples are positions in the test split. */
import { z } from 'zod'

const count = z.int().min(0)
const share = z.number()

/** How many views of an image are averaged, see crop-views.ts. */
export const cropCount = z.union([z.literal(1), z.literal(5), z.literal(10), z.literal('dense')])
export type CropCount = z.infer<typeof cropCount>

export const combination = z.enum(['average', 'vote', 'greedy'])

/** Which weights are evaluated: those of an epoch's checkpoint, or by default of the best epoch. */
export const evaluationMember = z.strictObject({
  run: z.int().min(1),
  epoch: z.int().min(0).optional(),
})
export type EvaluationMember = z.infer<typeof evaluationMember>

/** What is evaluated and how: names everything that decides the result. */
export const evaluationRequest = z.strictObject({
  members: z.array(evaluationMember).min(1).max(64),
  crops: cropCount.default(1),
  combine: combination.default('average'),
})
export type EvaluationRequest = z.output<typeof evaluationRequest>

const classResult = z.object({
  label: count,
  /** Examples of the class. */
  support: count,
  /** Examples that were taken for the class. */
  predicted: count,
  /** Null where nothing was taken for the class. */
  precision: share.nullable(),
  /** Null where there is no example of the class. */
  recall: share.nullable(),
  f1: share.nullable(),
})
export type ClassResult = z.infer<typeof classResult>

const calibrationBin = z.object({
  from: share,
  to: share,
  count,
  /** Mean confidence; null in an empty bin. */
  confidence: share.nullable(),
  accuracy: share.nullable(),
})
export type CalibrationBin = z.infer<typeof calibrationBin>

const confidentError = z.object({
  example: count,
  label: count,
  predicted: count,
  confidence: share,
  /** Probability of the right class. */
  right: share,
})
export type ConfidentError = z.infer<typeof confidentError>

export const evaluationResult = z.object({
  examples: count,
  /** Mean cross-entropy. */
  loss: z.number(),
  accuracy: share,
  /** Share of examples whose class is among the five most probable; null with five classes or fewer. */
  top5: share.nullable(),
  classes: z.array(classResult),
  /** Examples by [class, predicted class]. */
  confusion: z.array(z.array(count)),
  calibration: z.object({
    bins: z.array(calibrationBin),
    /** Expected calibration error. */
    error: share,
  }),
  /** Surest first. */
  errors: z.array(confidentError),
})
export type EvaluationResult = z.infer<typeof evaluationResult>

const memberResult = z.object({
  run: z.int(),
  name: z.string(),
  network: z.string(),
  seed: z.number(),
  epoch: z.int(),
  checkpoint: z.object({ step: z.int(), sha256: z.string() }),
  /** Share in the ensemble. */
  weight: share,
  /** Alone, with the crops that were asked for. */
  accuracy: share,
  loss: z.number(),
  /** Alone, with the whole image as it was trained. */
  single: z.object({ accuracy: share, loss: z.number() }),
})
export type MemberResult = z.infer<typeof memberResult>

export const evaluationReport = z.object({
  dataset: z.object({ name: z.string(), fingerprint: z.string(), classes: z.array(z.string()) }),
  split: z.literal('test'),
  crops: cropCount,
  /** Views that were averaged for each image. */
  views: z.int(),
  combine: combination,
  members: z.array(memberResult),
  ...evaluationResult.shape,
  /** Against the best member alone with the whole image. */
  gain: z.object({
    bestSingle: z.object({ run: z.int(), accuracy: share }),
    /** Accuracy of the best member, with crops, less that without. */
    crops: share,
    /** Accuracy of all together with crops less that of the best one with crops. */
    ensemble: share,
    total: share,
  }),
})
export type EvaluationReport = z.infer<typeof evaluationReport>

/** Which examples to show: those of a cell of the confusion matrix, the errors, surest first, or the given ones. */
export const exampleSelection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cell'), label: count, predicted: count }),
  z.strictObject({ kind: z.literal('errors') }),
  z.strictObject({ kind: z.literal('list'), examples: z.array(count).max(500) }),
])
export type ExampleSelection = z.output<typeof exampleSelection>

const classProbability = z.object({ label: count, probability: share })
export type ClassProbability = z.infer<typeof classProbability>

/** Pixels: 8 bits, row by row, channels last, base64. */
export const predictedExamples = z.object({
  height: z.int(),
  width: z.int(),
  channels: z.int(),
  /** Examples of the selection; `images` holds a part of them. */
  total: count,
  images: z.array(
    z.object({
      example: count,
      label: count,
      predicted: count,
      confidence: share,
      /** Most probable first. */
      top: z.array(classProbability),
      pixels: z.string(),
    }),
  ),
})
export type PredictedExamples = z.infer<typeof predictedExamples>

/** What a network says of each test example, for paired comparisons: one entry an example, in order. */
export const examplePredictions = z.object({
  run: z.int(),
  epoch: z.int(),
  dataset: z.object({ name: z.string(), fingerprint: z.string() }),
  labels: z.array(count),
  predicted: z.array(count),
  /** Probability of the right class. */
  right: z.array(share),
})
export type ExamplePredictions = z.infer<typeof examplePredictions>
