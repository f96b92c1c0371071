/** What the global poolings share: whether they leave an image of one pixel or a list of features. */
import type { Value } from '../ops/program.ts'
import { reshape } from '../ops/reshape.ts'
import type { LayerBuilder } from './layer-builder.ts'
import { boolean } from './params/choices.ts'

export const globalPoolingParams = {
  keepSize: boolean({
    label: 'Keep as image',
    help: 'Leaves an image of one pixel instead of a list of features',
    default: false,
  }),
}

/** [N, channels, 1, 1] as it is, or as [N, channels]. */
export function pooledFeatures(b: LayerBuilder, pooled: Value, keepSize: boolean): Value {
  return keepSize ? pooled : reshape(b, pooled, [-1, pooled.type.shape[1] ?? 1])
}
