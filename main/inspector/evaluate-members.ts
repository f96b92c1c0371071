/** Evaluates one run or several together on the test split, and says what crops and company gained over the best one alone. */
import { combinePredictions } from '../../experiments/evaluation/combine-predictions.ts'
import { cropViews } from '../../experiments/evaluation/crop-views.ts'
import { evaluatePredictions } from '../../experiments/evaluation/evaluate-predictions.ts'
import type { CropCount, EvaluationReport, MemberResult } from '../../experiments/evaluation/evaluation-record.ts'
import { softmaxRows, type PredictionSet } from '../../experiments/evaluation/prediction-set.ts'
import type { Dataset } from '../datasets/open-dataset.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { InspectedRun, TaskInput } from './inspector-protocol.ts'
import { scoreTestSplit } from './score-test-split.ts'

export async function evaluateMembers(
  { members, crops, combine }: TaskInput<'evaluate'>,
  desk: InspectorDesk,
): Promise<EvaluationReport> {
  const { dataset, labels, predictions } = await predictMembers(members, crops, desk)
  const single = crops === 1 ? predictions : (await predictMembers(members, 1, desk)).predictions
  const combined = combinePredictions(predictions, combine, labels)
  const results = members.map((member, i): MemberResult => {
    const own = evaluatePredictions(predictions[i] as PredictionSet, labels)
    const alone = evaluatePredictions(single[i] as PredictionSet, labels)
    const { run, name, network, seed, checkpoint } = member
    return {
      ...{ run, name, network, seed, epoch: checkpoint.epoch, weight: combined.weights[i] as number },
      checkpoint: { step: checkpoint.step, sha256: checkpoint.sha256 },
      accuracy: own.accuracy,
      loss: own.loss,
      single: { accuracy: alone.accuracy, loss: alone.loss },
    }
  })
  const result = evaluatePredictions(combined.predictions, labels)
  return {
    dataset: { name: dataset.name, fingerprint: dataset.fingerprint, classes: [...dataset.classes] },
    split: 'test',
    crops,
    views: cropViews(crops).length,
    combine,
    members: results,
    ...result,
    gain: gainOf(results, result.accuracy),
  }
}

export interface MemberPredictions {
  readonly dataset: Dataset
  readonly labels: Uint16Array
  /** One for each member. */
  readonly predictions: readonly PredictionSet[]
}

/** All members see the same test examples: the service refuses runs of different data. */
export async function predictMembers(
  members: readonly InspectedRun[],
  crops: CropCount,
  desk: InspectorDesk,
): Promise<MemberPredictions> {
  const dataset = await desk.datasets.of(members[0] as InspectedRun, desk.home)
  const classes = dataset.classes.length
  const predictions: PredictionSet[] = []
  for (const member of members) {
    const scores = await scoreTestSplit(member, crops, dataset, desk)
    predictions.push({ classes, probabilities: softmaxRows(scores, classes) })
  }
  return { dataset, labels: dataset.test.labels, predictions }
}

function gainOf(members: readonly MemberResult[], accuracy: number): EvaluationReport['gain'] {
  const best = members.reduce((a, b) => (b.single.accuracy > a.single.accuracy ? b : a))
  const withCrops = Math.max(...members.map((member) => member.accuracy))
  return {
    bestSingle: { run: best.run, accuracy: best.single.accuracy },
    crops: withCrops - best.single.accuracy,
    ensemble: accuracy - withCrops,
    total: accuracy - best.single.accuracy,
  }
}
