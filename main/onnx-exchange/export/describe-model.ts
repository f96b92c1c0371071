/**
 * What an exported file says about itself. How images have to be prepared is metadata and not the first nodes of the graph: so the graph is
 * exactly what was trained, gives the same numbers for the same input, and can be imported and trained on.
 */
import type { ModelDescription } from '../../engines/onnx/onnx-model.ts'
import { outputName, type ExportOptions } from './inference-graph.ts'

export interface ModelOrigin {
  /** Version of the studio. */
  readonly studio: string
  readonly network: string
  /** Where the weights are from, when from no run. Default: initial weights. */
  readonly weights?: string
  readonly run?: { readonly id: number; readonly name: string; readonly epoch: number }
  readonly data?: ModelData
}

export interface ModelData {
  readonly dataset: string
  readonly fingerprint: string
  /** In the order of the scores. */
  readonly classes: readonly string[]
  /** Of each channel, for values from 0 to 1. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

export function describeModel(origin: ModelOrigin, options: ExportOptions): ModelDescription {
  const { studio, network, run, data, weights = 'initial weights' } = origin
  const preparation = data
    ? 'values from 0 to 1, less strata.mean, divided by strata.std, channel by channel'
    : 'as it was trained'
  return {
    producerVersion: studio,
    documentation: run ? `${network}, run ${run.id} (${run.name}), epoch ${run.epoch}` : `${network}, ${weights}`,
    metadata: {
      'strata.network': network,
      'strata.images': `[batch, channels, height, width], ${preparation}`,
      'strata.output': outputName(options),
      ...(run && { 'strata.run': String(run.id), 'strata.name': run.name, 'strata.epoch': String(run.epoch) }),
      ...(data && {
        'strata.dataset': data.dataset,
        'strata.fingerprint': data.fingerprint,
        'strata.classes': JSON.stringify(data.classes),
        'strata.mean': JSON.stringify(data.mean),
        'strata.std': JSON.stringify(data.std),
      }),
    },
  }
}
