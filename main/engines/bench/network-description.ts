/**
 * A network as plain JSON that a program without our code can build: layers in order, complete parameters, explicit padding. The PyTorch peer
 * of the benchmark reads it, so that both train the same network.
 */
import { issuesError, type JsonObject } from '../../../experiments/errors/studio-error.ts'
import { lowerNetwork } from '../../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import { resolvePadding, type Padding } from '../../../experiments/layers/params/padding.ts'
import { spatialSize } from '../../../experiments/ops/convolution.ts'
import type { Pair } from '../../../experiments/ops/attributes.ts'

export interface DescribedLayer {
  readonly id: string
  readonly type: string
  readonly params: JsonObject
  /** Ids of the layers whose outputs it takes. */
  readonly inputs: readonly string[]
  /** Shape of its output, with the batch. */
  readonly shape: readonly number[]
  /** Top, right, bottom, left. */
  readonly padding?: readonly number[]
}

export function describeNetwork(document: NetworkDocument, batch: number): readonly DescribedLayer[] {
  const network = lowerNetwork(document, { mode: 'training', batch })
  const errors = network.issues.filter((issue) => issue.severity !== 'warning')
  if (errors.length > 0) throw issuesError(document.name, errors)
  return network.nodes.map((node) => {
    const [source] = node.sources
    const { kernel, stride, dilation } = node.params as { kernel?: Pair; stride?: Pair; dilation?: Pair }
    const hasWindow = node.params['padding'] !== undefined && kernel && source
    return {
      id: node.id,
      type: node.layer.id,
      params: node.params,
      inputs: node.inputs.flatMap((input) => (input ? [input.node] : [])),
      shape: node.outputs[0]?.type.shape ?? [],
      ...(hasWindow && {
        padding: resolvePadding(node.params['padding'] as Padding, spatialSize(source.type), {
          kernel,
          strides: stride ?? kernel,
          dilations: dilation ?? [1, 1],
        }),
      }),
    }
  })
}
