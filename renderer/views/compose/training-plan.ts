/** What a training will amount to, from what is typed; undefined while it does not make sense yet. */

export interface TrainingPlan {
  readonly trainExamples: number
  readonly validationExamples: number
  readonly stepsPerEpoch: number
  readonly steps: number
  /** Forward and backward over all epochs; undefined where the network cannot be analysed. */
  readonly multiplyAdds: number | undefined
}

export interface PlanInput {
  readonly trainCount: number | undefined
  readonly limit: number | undefined
  readonly validation: number | undefined
  readonly batchSize: number | undefined
  readonly epochs: number | undefined
  readonly macs: number | undefined
}

/** The gradients of inputs and weights cost about as much as the forward pass each. */
const forwardAndBackward = 3

export function planTraining({
  trainCount,
  limit,
  validation,
  batchSize,
  epochs,
  macs,
}: PlanInput): TrainingPlan | undefined {
  if (trainCount === undefined || validation === undefined || batchSize === undefined || epochs === undefined)
    return undefined
  const examples = Math.min(limit ?? trainCount, trainCount)
  const validationExamples = Math.round(examples * validation)
  const trainExamples = examples - validationExamples
  if (trainExamples < 1 || batchSize < 1 || epochs < 1) return undefined
  const stepsPerEpoch = Math.floor(trainExamples / batchSize)
  return {
    trainExamples,
    validationExamples,
    stepsPerEpoch,
    steps: stepsPerEpoch * epochs,
    multiplyAdds: macs === undefined ? undefined : macs * trainExamples * epochs * forwardAndBackward,
  }
}
