/** Evaluation, ensembles and looking inside networks: what the service answers. */
import type {
  EvaluationMember,
  EvaluationReport,
  EvaluationRequest,
  ExamplePredictions,
  ExampleSelection,
  CropCount,
  PredictedExamples,
} from '../../experiments/evaluation/evaluation-record.ts'
import { inspectedRun, inspectedRuns } from '../inspector/inspected-runs.ts'
import type { AskOptions } from '../inspector/inspector.ts'
import type { StudioParts } from './studio-parts.ts'

/** A name that the client chose: progress is told with it, and by it the question can be cancelled. */
export interface Named {
  readonly task?: string | undefined
}

export function evaluationProcedures(parts: StudioParts) {
  const { inspector, emit } = parts
  const named = ({ task }: Named): AskOptions =>
    task === undefined
      ? {}
      : { name: task, onProgress: (progress) => emit('evaluation.progress', { task, ...progress }) }
  return {
    'evaluation.run': ({ members, crops, combine, ...rest }: EvaluationRequest & Named): Promise<EvaluationReport> =>
      inspector.ask('evaluate', { members: inspectedRuns(members, parts), crops, combine }, named(rest)),
    'evaluation.examples': ({
      members,
      task,
      ...how
    }: EvaluationRequest &
      Named & { select: ExampleSelection; offset: number; limit: number }): Promise<PredictedExamples> =>
      inspector.ask('examples', { members: inspectedRuns(members, parts), ...how }, named({ task })),
    'evaluation.predictions': ({
      task,
      crops,
      ...member
    }: EvaluationMember & Named & { crops: CropCount }): Promise<ExamplePredictions> =>
      inspector.ask('predictions', { member: inspectedRun(member, parts), crops }, named({ task })),
    'evaluation.cancel': ({ task }: { task: string }): { cancelled: boolean } => ({
      cancelled: inspector.cancel(task),
    }),
  }
}
