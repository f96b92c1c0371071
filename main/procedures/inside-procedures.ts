/** Looking inside networks: what the service answers. */
import type { EvaluationMember } from '../../experiments/evaluation/evaluation-record.ts'
import type {
  FeatureMaps,
  FirstFilters,
  GradCam,
  ImageSource,
  LayerStatistics,
  OcclusionMap,
  UnitExamples,
} from '../../experiments/inspection/inspection-record.ts'
import { inspectedRun } from '../inspector/inspected-runs.ts'
import type { AskOptions } from '../inspector/inspector.ts'
import type { Named } from './evaluation-procedures.ts'
import type { StudioParts } from './studio-parts.ts'

export interface Look {
  readonly member: EvaluationMember
  readonly image: ImageSource
}

export function insideProcedures(parts: StudioParts) {
  const { inspector, store, layerRecorder, emit } = parts
  const named = ({ task }: Named): AskOptions =>
    task === undefined
      ? {}
      : { name: task, onProgress: (progress) => emit('evaluation.progress', { task, ...progress }) }
  const of = (member: EvaluationMember) => inspectedRun(member, parts)
  return {
    'inside.filters': ({ member }: Pick<Look, 'member'>): Promise<FirstFilters> =>
      inspector.ask('filters', { member: of(member) }),
    'inside.featureMaps': ({ member, ...how }: Look & { layer: string; limit: number }): Promise<FeatureMaps> =>
      inspector.ask('featureMaps', { member: of(member), ...how }),
    'inside.gradCam': ({
      member,
      ...how
    }: Look & { target?: number | undefined; layer?: string | undefined }): Promise<GradCam> =>
      inspector.ask('gradCam', { member: of(member), ...how }),
    'inside.occlusion': ({
      member,
      task,
      ...how
    }: Look & Named & { target?: number | undefined; size?: number | undefined }): Promise<OcclusionMap> =>
      inspector.ask('occlusion', { member: of(member), ...how }, named({ task })),
    'inside.topExamples': ({
      member,
      task,
      ...how
    }: Pick<Look, 'member'> & Named & { layer: string; offset: number; limit: number }): Promise<UnitExamples> =>
      inspector.ask('topExamples', { member: of(member), ...how }, named({ task })),
    'inside.history': ({ run, most }: { run: number; most: number }): LayerStatistics[] => {
      store.runs.get(run)
      return store.layerStatistics.list(run, most)
    },
    'inside.measure': ({ member }: Pick<Look, 'member'>): Promise<LayerStatistics> =>
      layerRecorder.measure(member.run, of(member).checkpoint),
  }
}
