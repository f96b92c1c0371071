/** Whatever the studio can draw goes out as ONNX and comes back as the same function: every layer, and every network of the zoo. */
import { describe, expect, test } from 'vitest'
import { analyzeNetwork } from '../../experiments/analysis/analyze-network.ts'
import { layers } from '../../experiments/layers/registry.ts'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { zooEntries } from '../../experiments/zoo/registry.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { imageSize, networkAround } from '../engines/layer-network.fixture.ts'
import { serialiseModel } from '../engines/onnx/onnx-model.ts'
import { runModel } from '../engines/onnx/run-model.ts'
import { expectClose, randomFloats } from './close-numbers.fixture.ts'
import { exportOpset, inferenceGraph } from './export/inference-graph.ts'
import { initialWeights } from './export/initial-weights.ts'
import { importNetwork } from './import/import-network.ts'
import { readModel } from './read/read-model.ts'

/** None at its initial value, variances positive. */
function someWeights(document: NetworkDocument): readonly NamedTensor[] {
  return initialWeights(document, 1).map(({ name, shape, data }) => {
    const noise = randomFloats(name, data.length, 0.1)
    return { name, shape, data: data.map((value, i) => value + Math.abs(noise[i] ?? 0)) }
  })
}

const exported = (document: NetworkDocument, weights: readonly NamedTensor[]): Uint8Array =>
  serialiseModel(inferenceGraph(document, weights), exportOpset)

const imported = (bytes: Uint8Array) => importNetwork(readModel(bytes, 'own'), { what: 'own', name: 'own' })

async function scores(model: Uint8Array, batch: number) {
  const { channels, height, width } = imageSize
  const images = {
    shape: [batch, channels, height, width],
    data: randomFloats('images', batch * channels * height * width),
  }
  return (await runModel(model, { images }))['logits']?.data ?? new Float32Array()
}

describe('every layer', () => {
  test.each(layers.map((layer) => [layer.id, layer] as const))('%s', async (_id, layer) => {
    const document = networkAround(layer)
    const model = exported(document, someWeights(document))
    const expected = await scores(model, 3)
    const again = imported(model)
    expectClose(await scores(exported(again.document, again.weights), 3), expected, 1e-5)
  })
})

describe('every network of the zoo', () => {
  test.each(zooEntries.map((entry) => [entry.id, entry] as const))('%s', { timeout: 120_000 }, (_id, entry) => {
    const document = entry.build({ input: { height: 32, width: 32, channels: 3 }, classes: 10 })
    const { document: again } = imported(exported(document, someNumber(document)))
    const [before, after] = [analyzeNetwork(document), analyzeNetwork(again)]
    expect(after.params).toBe(before.params)
    expect(after.macs).toBe(before.macs)
  })
})

/** Weights of the right shapes in no time. */
function someNumber(document: NetworkDocument): readonly NamedTensor[] {
  const { weights, states } = lowerNetwork(document, { mode: 'inference', batch: 1 })
  return [...weights, ...states].map(({ name, shape }) => ({
    name,
    shape,
    data: new Float32Array(elementCount(shape)).fill(0.5),
  }))
}
