/** The layers of a run's network to choose from, in the order of the network. */
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { parseNetworkDocumentOrThrow } from '../../../experiments/network/parse-network-document.ts'

export interface LayerChoice {
  readonly id: string
  readonly type: string
  /** `6 × 28 × 28` */
  readonly shape: string
  readonly units: number
  /** Whether its output has height and width. */
  readonly isMap: boolean
}

export function layerChoices(document: unknown): readonly LayerChoice[] {
  return analyzeNetwork(parseNetworkDocumentOrThrow(document))
    .layers.filter(({ outputShape, type }) => outputShape.length > 0 && type !== 'input')
    .map(({ id, type, outputShape }) => ({
      ...{ id, type, shape: outputShape.join(' × '), units: outputShape[0] ?? 0 },
      isMap: outputShape.length === 3 && (outputShape[1] ?? 1) * (outputShape[2] ?? 1) > 1,
    }))
}
