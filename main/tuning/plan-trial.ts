/** From a configuration to a run that can be queued, or to the reason why there is none. */
import os from 'node:os'
import { analyzeNetwork } from '../../experiments/analysis/analyze-network.ts'
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { StudioError, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { sharedLayers } from '../../experiments/tuning/shared-layers.ts'
import type { Configuration, SearchSpace } from '../../experiments/tuning/space/search-space.ts'
import type { SweepSpec } from '../../experiments/tuning/sweep-spec.ts'
import { inputShape } from '../datasets/input-size.ts'
import { describeDataset } from '../datasets/list-datasets.ts'
import { findDataset } from '../datasets/registry.ts'
import { prepareRun, type PreparationPlace } from '../queue/prepare-run.ts'
import type { NewRun } from '../store/run-table.ts'
import { trialExperiment } from './trial-experiment.ts'
import { formatBytes } from '../../experiments/text/format-bytes.ts'

export interface PlannedTrial {
  readonly run: NewRun
  readonly dataset: DatasetRecord
  readonly parameters: number
  /** Of one example, forward. */
  readonly multiplyAdds: number
  /** The run whose weights it begins with. */
  readonly inheritedRun: number | null
}

export type TrialPlan =
  { readonly ok: true; readonly plan: PlannedTrial } | { readonly ok: false; readonly impossible: ErrorRecord }

/** Nothing that another configuration could mend. */
const hopeless: ReadonlySet<string> = new Set(['dataset-missing', 'unknown-dataset', 'engine-unavailable', 'disk-full'])

export interface TrialRequest {
  readonly spec: SweepSpec
  readonly space: SearchSpace
  readonly configuration: Configuration
  /** What the run is called. */
  readonly name: string
  /** Added to the seed of the experiment. */
  readonly replicate: number
  /** The run whose weights it may begin with, for layers in front of the first difference. */
  readonly parent?: { readonly run: number; readonly document: NetworkDocument } | undefined
}

/** @throws StudioError that no other configuration would mend either */
export async function planTrial(request: TrialRequest, place: PreparationPlace): Promise<TrialPlan> {
  try {
    const { experiment, inherits } = withInheritance(await experimentOf(request, place.home), request.parent)
    const prepared = await prepareRun(experiment, place)
    const needed = prepared.run.cost?.memoryBytes ?? 0
    const limit = request.spec.memoryLimit ?? os.totalmem() / 2 / request.spec.parallel
    if (needed > limit) return { ok: false, impossible: overMemory(needed, limit) }
    const { macs, params } = analyzeNetwork(prepared.run.document as unknown as NetworkDocument)
    const inheritedRun = inherits ? (request.parent?.run ?? null) : null
    return { ok: true, plan: { ...prepared, parameters: params, multiplyAdds: macs, inheritedRun } }
  } catch (error) {
    if (!(error instanceof StudioError) || hopeless.has(error.code)) throw error
    return { ok: false, impossible: error.toRecord() }
  }
}

async function experimentOf(
  { spec, space, configuration, name, replicate }: TrialRequest,
  home: string,
): Promise<Record<string, unknown>> {
  const shape = await shapeOf(spec.experiment, home)
  const experiment = trialExperiment(spec, space, configuration, shape)
  const seed = typeof experiment['seed'] === 'number' ? experiment['seed'] : 1
  return { ...experiment, name: name.slice(0, 200), seed: (seed + replicate) % 2 ** 32 }
}

/** An experiment that says itself where it begins is left alone, and so is one whose network no axis changed. */
function withInheritance(
  experiment: Record<string, unknown>,
  parent: TrialRequest['parent'],
): { experiment: Record<string, unknown>; inherits: boolean } {
  const { document } = experiment['network'] as { document?: NetworkDocument }
  if (parent === undefined || document === undefined || experiment['start'] !== undefined) {
    return { experiment, inherits: false }
  }
  const layers = sharedLayers(parent.document, document)
  if (layers.length === 0) return { experiment, inherits: false }
  return { experiment: { ...experiment, start: { weights: parent.run, layers } }, inherits: true }
}

/** Undefined where the experiment names no dataset that is known: then its own check says so. */
export async function shapeOf({ data }: Record<string, unknown>, home: string) {
  const { dataset, inputSize } = (data ?? {}) as { dataset?: unknown; inputSize?: unknown }
  if (typeof dataset !== 'string') return undefined
  const record = await describeDataset(findDataset(dataset, home), { home })
  const input = inputShape(typeof inputSize === 'number' ? { inputSize } : {}, record)
  return { input, classes: record.classes.length }
}

function overMemory(needed: number, limit: number): ErrorRecord {
  const message = `training needs about ${formatBytes(needed)}, the limit of the sweep is ${formatBytes(limit)}: a smaller batch or narrower layers fit`
  return new StudioError('too-large', message, { needed, limit }).toRecord()
}
