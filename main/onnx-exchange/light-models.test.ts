/** Networks that nobody here drew: imported, analysed, run to their published output, exported, and imported again. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { analyzeNetwork } from '../../experiments/analysis/analyze-network.ts'
import { parseNetworkDocument } from '../../experiments/network/parse-network-document.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { serialiseModel } from '../engines/onnx/onnx-model.ts'
import { runModel } from '../engines/onnx/run-model.ts'
import { expectClose, randomFloats } from './close-numbers.fixture.ts'
import { exportOpset, inferenceGraph } from './export/inference-graph.ts'
import { importNetwork, type ImportedNetwork } from './import/import-network.ts'
import {
  dummyImages,
  expectedOutput,
  lightBytes,
  lightModels,
  withRandomWeights,
  type LightModel,
} from './light-models.fixture.ts'
import { readModel } from './read/read-model.ts'

/** Parameters that the exporters' graphs hold, running statistics left out, and multiply-adds in 10^9. */
const published: Readonly<Record<LightModel, readonly [parameters: number, multiplyAdds: number]>> = {
  bvlc_alexnet: [60_965_224, 0.655],
  densenet121: [7_978_856, 2.834],
  inception_v1: [6_998_552, 1.432],
  inception_v2: [11_194_984, 2.019],
  resnet50: [25_557_032, 4.089],
  shufflenet: [1_393_320, 0.125],
  squeezenet: [1_235_496, 0.349],
  vgg19: [143_667_240, 19.632],
  zfnet512: [87_250_536, 1.482],
}

const importBytes = (bytes: Uint8Array, name: string): ImportedNetwork =>
  importNetwork(readModel(bytes, name), { what: name, name })

function exported({ document, weights, ending }: ImportedNetwork): {
  readonly model: Uint8Array
  readonly output: string
} {
  const softmax = ending === 'softmax'
  const graph = inferenceGraph(document, weights, { softmax })
  return { model: serialiseModel(graph, exportOpset), output: graph.outputs[0]?.name ?? '' }
}

async function run({ model, output }: ReturnType<typeof exported>): Promise<Float32Array | undefined> {
  return (await runModel(model, { images: dummyImages() }))[output]?.data
}

describe.each(lightModels)('%s', (name) => {
  test('imports with telling names and analyses to its size', () => {
    const { document, warnings } = importBytes(lightBytes(name), name)
    expect(warnings).toEqual([])
    expect(parseNetworkDocument(document)).toMatchObject({ ok: true })
    const { params, macs, issues } = analyzeNetwork(document, { classes: 1000 })
    expect(issues).toEqual([])
    expect(params).toBe(published[name][0])
    expect(macs / 1e9).toBeCloseTo(published[name][1], 3)
    for (const { id } of document.nodes) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.]*$/)
    const places = document.nodes.map(({ position }) => `${position?.x} ${position?.y}`)
    expect(new Set(places).size).toBe(document.nodes.length)
  })

  test('gives its published output, and is the same after export and import', { timeout: 120_000 }, async () => {
    const first = importBytes(lightBytes(name), name)
    const model = exported(first)
    expectClose(await run(model), expectedOutput(name), 1e-5)
    const second = importBytes(model.model, name)
    expect(layersOf(second)).toEqual(layersOf(first))
    expect(second.weights.map(hashOf)).toEqual(first.weights.map(hashOf))
  })
})

/** Dropout does nothing at inference, so an exported graph has none. */
function layersOf({ document }: ImportedNetwork) {
  const kept = document.nodes.filter(({ type }) => type !== 'dropout')
  return kept.map(({ id, type, params }) => ({ id, type, params }))
}

function hashOf({ name, shape, data }: NamedTensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return `${name} ${shape.join('x')} ${createHash('sha256').update(bytes).digest('hex')}`
}

/** Without the three whose weights take hundreds of megabytes; each operator is in one of the others. */
const small = lightModels.filter((name) => published[name][0] < 30e6)

test.each(small)('%s with random weights equals the original in onnxruntime', { timeout: 120_000 }, async (name) => {
  const original = withRandomWeights(name)
  const images = { shape: [1, 3, 224, 224], data: randomFloats('images', 3 * 224 * 224) }
  const input = readModel(original.slice(), name).inputs[0]?.name ?? ''
  const expected = Object.values(await runModel(original, { [input]: images }))[0]
  const imported = importBytes(original.slice(), name)
  const { model, output } = exported(imported)
  const actual = (await runModel(model, { images }))[output]
  expect(new Set(expected?.data).size).toBeGreaterThan(500)
  expectClose(actual?.data, expected?.data ?? [], 1e-4)
})
