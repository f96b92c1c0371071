/** What one network says of each test example: material for paired comparisons. */
import { predictedClasses, type PredictionSet } from '../../experiments/evaluation/prediction-set.ts'
import type { ExamplePredictions } from '../../experiments/evaluation/evaluation-record.ts'
import { predictMembers } from './evaluate-members.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'

export async function predictExamples(
  { member, crops }: TaskInput<'predictions'>,
  desk: InspectorDesk,
): Promise<ExamplePredictions> {
  const { dataset, labels, predictions } = await predictMembers([member], crops, desk)
  const [own] = predictions as readonly [PredictionSet]
  return {
    run: member.run,
    epoch: member.checkpoint.epoch,
    dataset: { name: dataset.name, fingerprint: dataset.fingerprint },
    labels: [...labels],
    predicted: [...predictedClasses(own)],
    right: Array.from(labels, (label, example) => own.probabilities[example * own.classes + label] as number),
  }
}
