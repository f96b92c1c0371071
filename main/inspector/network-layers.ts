/** Finds layers of a lowered network by their id, and the one to explain decisions with. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'
import type { LoweredNetwork, LoweredNode } from '../../experiments/network/lower-network.ts'
import type { Value } from '../../experiments/ops/program.ts'

export interface LayerOutput {
  readonly id: string
  readonly value: Value
}

/** @throws StudioError `unknown-layer` */
export function layerOutput(network: LoweredNetwork, id: string): LayerOutput {
  const value = network.nodes.find((node) => node.id === id)?.outputs[0]
  if (value) return { id, value }
  const known = network.nodes.filter(({ outputs }) => outputs.length > 0).map((node) => node.id)
  const near = nearestName(id, known)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  throw new StudioError('unknown-layer', `the network has no layer "${id}" with an output${hint}`, { layer: id })
}

/** The deepest feature maps: the last output with height and width before the classifier, as Grad-CAM takes. */
export function lastFeatureMaps(network: LoweredNetwork): LayerOutput {
  const last = network.nodes.findLast((node) => node.layer.category !== 'input' && hasSides(node))
  const value = last?.outputs[0]
  if (last && value) return { id: last.id, value }
  throw new StudioError(
    'network-structure',
    'the network has no feature maps with height and width: there is no place in the image to point at',
  )
}

function hasSides({ outputs }: LoweredNode): boolean {
  const [, , height = 1, width = 1] = outputs[0]?.type.shape ?? []
  return outputs[0]?.type.shape.length === 4 && height * width > 1
}

/** Channels, height and width of a layer's output for one example; features have no sides. */
export function mapShape({ value }: LayerOutput): { channels: number; height: number; width: number } {
  const [, channels = 1, height = 1, width = 1, ...rest] = value.type.shape
  return { channels, height, width: width * rest.reduce((a, b) => a * b, 1) }
}
