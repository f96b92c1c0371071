/**
 * Where a loss stopped being a number: the weights from before the step, and the outputs that they give for its batch, are looked through in the
 * order of the network. The first layer with a number that is not finite is the one to name.
 */
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { tensorBytes } from '../../experiments/ops/tensor-type.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { ProgramSession } from '../engines/onnx/program-session.ts'

export interface NonFinite {
  /** Id of the node. */
  readonly layer: string
  /** `range`: all its numbers are finite, but so large that the loss of them is not. */
  readonly what: 'weights' | 'output' | 'range'
}

/** Outputs of all layers stay within this: only so many examples of the batch are looked at. */
const outputBudget = 256 * 2 ** 20

/**
 * @param images of the step, row-major
 * @param loss what came out
 * @returns undefined where everything on the way to the loss is finite and the loss no overflow: it broke on the way back
 */
export async function findNonFinite(
  document: Record<string, unknown>,
  tensors: readonly NamedTensor[],
  images: Float32Array,
  loss: number,
): Promise<NonFinite | undefined> {
  const parsed = parseNetworkDocumentOrThrow(document)
  const single = lowerNetwork(parsed, { mode: 'inference', batch: 1 })
  const known = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const broken = single.weights.find(({ name }) => !isFinite(known.get(name)?.data))
  if (broken) return { layer: broken.node, what: 'weights' }

  const [input] = single.images ? [single.images] : []
  if (!input) return undefined
  const perExample = tensorBytes(input.type) / 4
  const bytes = single.nodes.flatMap(({ outputs }) => outputs).reduce((sum, { type }) => sum + tensorBytes(type), 0)
  const batch = Math.max(1, Math.min(images.length / perExample, Math.floor(outputBudget / Math.max(1, bytes))))
  const network = lowerNetwork(parsed, { mode: 'inference', batch })
  const layers = network.nodes.filter(({ outputs }) => outputs[0]?.type.dtype === 'float32')
  layers.forEach(({ outputs: [value] }, index) => {
    if (value) network.builder.output(`layer-${index}`, 'result', value)
  })
  const session = await ProgramSession.open(network.builder.finish(), tensors)
  try {
    const outputs = await session.run({ images: images.subarray(0, batch * perExample) })
    const index = layers.findIndex((_, at) => !isFinite(outputs.get(`layer-${at}`)))
    const layer = layers[index]
    if (layer) return { layer: layer.id, what: 'output' }
    const head = layers.find(({ outputs: [value] }) => value === network.logits)
    return head && !Number.isNaN(loss) ? { layer: head.id, what: 'range' } : undefined
  } finally {
    await session.close()
  }
}

function isFinite(data: Float32Array | undefined): boolean {
  return data === undefined || data.every(Number.isFinite)
}
