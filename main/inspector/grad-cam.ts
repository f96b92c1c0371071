/**
 * Where in the image a decision comes from: Grad-CAM (Selvaraju et al., ICCV 2017). With A_k the feature maps of a layer and y the score of a
 * class before the softmax:  weight_k = mean over positions of dy / dA_k,  map = max(0, sum over k of weight_k A_k), scaled to 1.
 */
import type { GradCam } from '../../experiments/inspection/inspection-record.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { softmaxRows } from '../../experiments/evaluation/prediction-set.ts'
import { multiply } from '../../experiments/ops/multiply.ts'
import { reduceSum } from '../../experiments/ops/reduce-sum.ts'
import { differentiate } from '../compiler/differentiate.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'
import { lastFeatureMaps, layerOutput, mapShape, type LayerOutput } from './network-layers.ts'
import { lowerForInference, openProgram, readWeights, type InferenceNetwork } from './network-program.ts'
import { describeImage, prepareImage } from './see-image.ts'

export async function explainByGradient(
  { member, image, target, layer }: TaskInput<'gradCam'>,
  desk: InspectorDesk,
): Promise<GradCam> {
  const dataset = await desk.datasets.of(member, desk.home)
  const prepared = prepareImage(member, image, dataset)
  const network = lowerForInference(member.document, 1)
  const output = layer === undefined ? lastFeatureMaps(network) : layerOutput(network, layer)
  emitGradCam(network, output)
  const session = await openProgram(network, readWeights(member))
  try {
    // The class is known after the first look, and the gradient depends on it.
    const classes = network.logits.type.shape[1] as number
    const look = async (label: number) => {
      const mask = new Float32Array(classes)
      mask[label] = 1
      return session.run({ images: prepared.values, classMask: mask })
    }
    let results = await look(target ?? 0)
    const logits = results.get('logits') as Float32Array
    const chosen = target ?? logits.indexOf(Math.max(...logits))
    if (chosen >= classes) throw new StudioError('out-of-range', `there are ${classes} classes, counted from 0`)
    if (chosen !== (target ?? 0)) results = await look(chosen)
    const { channels, height, width } = mapShape(output)
    const values = gradCamMap(results.get('maps') as Float32Array, results.get('gradient') as Float32Array, channels)
    return {
      image: describeImage(prepared, softmaxRows(logits, logits.length)),
      ...{ target: chosen, layer: output.id, height, width, values },
    }
  } finally {
    await session.close()
  }
}

/**
 * Emits the outputs `logits`, `maps` and `gradient`, that of the score which the input `classMask` chooses by the maps.
 * @throws StudioError `network-structure` when the scores do not depend on the layer
 */
export function emitGradCam({ builder: b, logits }: InferenceNetwork, { id, value }: LayerOutput): void {
  const mask = b.input('classMask', 'hyperparameter', logits.type)
  const score = reduceSum(b, multiply(b, logits, mask))
  const [gradient] = differentiate(b, score, [value])
  if (!gradient) {
    throw new StudioError('network-structure', `the scores do not depend on "${id}": choose a layer on the way to them`)
  }
  b.output('logits', 'result', logits)
  b.output('maps', 'result', value)
  b.output('gradient', 'result', gradient)
}

/** From 0 to 1 by position; all 0 where nothing speaks for the class. */
export function gradCamMap(maps: ArrayLike<number>, gradient: ArrayLike<number>, channels: number): number[] {
  const size = maps.length / channels
  const values = new Float64Array(size)
  for (let channel = 0; channel < channels; channel++) {
    let weight = 0
    for (let i = 0; i < size; i++) weight += (gradient[channel * size + i] as number) / size
    for (let i = 0; i < size; i++) values[i]! += weight * (maps[channel * size + i] as number)
  }
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  return Array.from(values, (value) => (most > 0 ? Math.max(0, value) / most : 0))
}
