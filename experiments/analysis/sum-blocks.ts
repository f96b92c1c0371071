/** What a folded block shows: the sums over its layers, the shape it makes, and how far it sees. */
import type { ExpandedBlock } from '../network/expand-network.ts'
import type { FieldSummary, LayerAnalysis } from './analyze-network.ts'

/** The sums of a block over all layers inside. */
export interface BlockAnalysis {
  /** Ids of the layers inside begin with `id/`. */
  readonly id: string
  /** Of the block, or of what is repeated. */
  readonly type: string
  readonly name: string
  readonly category: string
  /** Id of the block around it. */
  readonly parent?: string
  /** How often `type` stands here one behind the other. */
  readonly times?: number
  /** Layers inside. */
  readonly layers: number
  /** Of the layer whose output the block's first output is; empty while that does not fit. */
  readonly outputShape: readonly number[]
  readonly params: number
  readonly macs: number
  readonly activationBytes: number
  /** Of the layer whose output the block's first output is. */
  readonly receptiveField: FieldSummary
}

export function sumBlocks(
  blocks: readonly ExpandedBlock[],
  layers: readonly LayerAnalysis[],
): readonly BlockAnalysis[] {
  const sums = new Map(blocks.map(({ path }) => [path, { layers: 0, params: 0, macs: 0, activationBytes: 0 }]))
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  for (const layer of layers) {
    for (let end = layer.id.lastIndexOf('/'); end > 0; end = layer.id.lastIndexOf('/', end - 1)) {
      const sum = sums.get(layer.id.slice(0, end))
      if (!sum) continue
      sum.layers += 1
      sum.params += layer.params
      sum.macs += layer.macs
      sum.activationBytes += layer.activationBytes
    }
  }
  return blocks.map(({ path, title, type, category, parent, times, output }): BlockAnalysis => {
    const last = byId.get(output ?? '')
    return {
      ...{ id: path, type, name: title, category },
      ...(parent !== undefined && { parent }),
      ...(times !== undefined && { times }),
      ...(sums.get(path) ?? { layers: 0, params: 0, macs: 0, activationBytes: 0 }),
      outputShape: last?.outputShape ?? [],
      receptiveField: { size: last?.receptiveField.size ?? 1, stride: last?.receptiveField.stride ?? 1 },
    }
  })
}
