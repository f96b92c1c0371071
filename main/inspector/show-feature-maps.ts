/** What the channels of one layer make of one image. */
import type { FeatureMaps } from '../../experiments/inspection/inspection-record.ts'
import { softmaxRows } from '../../experiments/evaluation/prediction-set.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { TaskInput } from './inspector-protocol.ts'
import { layerOutput, mapShape } from './network-layers.ts'
import { lowerForInference, openProgram, readWeights } from './network-program.ts'
import { base64, describeImage, prepareImage, toGrey } from './see-image.ts'

export async function showFeatureMaps(
  { member, image, layer, limit }: TaskInput<'featureMaps'>,
  desk: InspectorDesk,
): Promise<FeatureMaps> {
  const dataset = await desk.datasets.of(member, desk.home)
  const prepared = prepareImage(member, image, dataset)
  const network = lowerForInference(member.document, 1)
  const output = layerOutput(network, layer)
  network.builder.output('logits', 'result', network.logits)
  network.builder.output('maps', 'result', output.value)
  const session = await openProgram(network, readWeights(member))
  try {
    const results = await session.run({ images: prepared.values })
    const logits = results.get('logits') as Float32Array
    const values = results.get('maps') as Float32Array
    const { channels, height, width } = mapShape(output)
    const size = height * width
    const zeros = values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0)
    const maps = Array.from({ length: Math.min(channels, limit) }, (_, channel) => {
      const own = values.subarray(channel * size, (channel + 1) * size)
      const [low, high] = rangeOf(own)
      return { channel, low, high, pixels: base64(toGrey(own, low, high)) }
    })
    return {
      image: describeImage(prepared, softmaxRows(logits, logits.length)),
      layer,
      shape: output.value.type.shape.slice(1),
      ...{ height, width, channels, zeroShare: zeros / Math.max(values.length, 1), maps },
    }
  } finally {
    await session.close()
  }
}

function rangeOf(values: Float32Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}
