/** Test images with what the members together say of them. */
import { combinePredictions } from '../../experiments/evaluation/combine-predictions.ts'
import type {
  ClassProbability,
  ExampleSelection,
  PredictedExamples,
} from '../../experiments/evaluation/evaluation-record.ts'
import { predictedClasses, type PredictionSet } from '../../experiments/evaluation/prediction-set.ts'
import { predictMembers } from './evaluate-members.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'

const shownClasses = 5

export async function showExamples(
  { members, crops, combine, select, offset, limit }: TaskInput<'examples'>,
  desk: InspectorDesk,
): Promise<PredictedExamples> {
  const { dataset, labels, predictions } = await predictMembers(members, crops, desk)
  const combined = combinePredictions(predictions, combine, labels).predictions
  const predicted = predictedClasses(combined)
  const confidence = (example: number): number =>
    combined.probabilities[example * combined.classes + (predicted[example] as number)] as number
  const selected = selectExamples(select, labels, predicted).sort((a, b) => confidence(b) - confidence(a) || a - b)
  const { height, width, channels, test } = dataset
  const bytes = height * width * channels
  return {
    ...{ height, width, channels, total: selected.length },
    images: selected.slice(offset, offset + limit).map((example) => ({
      example,
      label: labels[example] as number,
      predicted: predicted[example] as number,
      confidence: confidence(example),
      top: mostProbable(combined, example),
      pixels: Buffer.from(test.pixels.subarray(example * bytes, (example + 1) * bytes)).toString('base64'),
    })),
  }
}

function selectExamples(select: ExampleSelection, labels: Uint16Array, predicted: Int32Array): number[] {
  const all = Array.from(labels, (_, example) => example)
  switch (select.kind) {
    case 'cell':
      return all.filter((example) => labels[example] === select.label && predicted[example] === select.predicted)
    case 'errors':
      return all.filter((example) => labels[example] !== predicted[example])
    case 'list':
      return select.examples.filter((example) => example < labels.length)
  }
}

/** The classes of one example, most probable first. */
export function mostProbable({ classes, probabilities }: PredictionSet, example: number): ClassProbability[] {
  const row = probabilities.subarray(example * classes, (example + 1) * classes)
  return Array.from(row, (probability, label) => ({ label, probability }))
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .slice(0, shownClasses)
}
