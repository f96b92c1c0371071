import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import { counterRandom } from '../../../experiments/random/counter-random.ts'
import { optimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import type { NamedTensor } from '../../checkpoints/safetensors.ts'
import { initialState } from '../../compiler/initialise-weights.ts'
import { compileTraining } from '../../compiler/training-graph.ts'
import { serialiseModel } from '../../engines/onnx/onnx-model.ts'
import { runModel } from '../../engines/onnx/run-model.ts'
import { engineNamed } from '../../engines/registry.ts'
import { expectClose, randomFloats } from '../close-numbers.fixture.ts'
import { readModel } from '../read/read-model.ts'
import { describeModel } from './describe-model.ts'
import { exportOpset, inferenceGraph, outputName, type ExportOptions } from './inference-graph.ts'
import { initialWeights } from './initial-weights.ts'
import { writeOnnxFile } from './write-onnx-file.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'strata-export-'))

function exportBytes(
  document: NetworkDocument,
  weights: readonly NamedTensor[],
  options: ExportOptions = {},
): Uint8Array {
  return serialiseModel(inferenceGraph(document, weights, options), exportOpset)
}

/** Scores of the training engine itself, after some steps. */
async function trainedOnEngine(document: NetworkDocument, batchSize: number) {
  const compiled = compileTraining(document, {
    batchSize,
    optimizer: optimizerSpec.parse({ type: 'sgd', momentum: 0.9 }),
  })
  const session = await engineNamed('onnxruntime').createSession(compiled, {
    state: initialState(compiled.state, 3),
    seed: 3,
    threads: 2,
  })
  const { channels, height, width } = compiled.input
  const images = randomFloats('images', batchSize * channels * height * width)
  const random = counterRandom({ seed: 1, purpose: 'labels' })
  const labels = Int32Array.from({ length: batchSize }, () => random.below(compiled.classes))
  for (let step = 0; step < 3; step++) await session.train([{ step, images, labels, learningRate: 0.01 }])
  const { logits } = await session.evaluate({ images, labels, count: batchSize })
  const state = await session.readState()
  await session.dispose()
  const weights = compiled.state.map(({ name, shape }) => ({ name, shape, data: state.get(name) as Float32Array }))
  return { images, shape: [batchSize, channels, height, width], logits, weights }
}

describe('export', () => {
  const document = zooNetwork('lenet5')

  test('onnxruntime reproduces what the training engine computes, for any size of batch', async () => {
    const { images, shape, logits, weights } = await trainedOnEngine(document, 8)
    const model = exportBytes(document, weights)
    const all = await runModel(model, { images: { shape, data: images } })
    expectClose(all['logits']?.data, logits, 1e-5)
    const one = await runModel(model, { images: { shape: [1, ...shape.slice(1)], data: images.subarray(0, 28 * 28) } })
    expect(one['logits']?.shape).toEqual([1, 10])
    expectClose(one['logits']?.data, logits.subarray(0, 10), 1e-5)
  })

  test('a softmax at the end makes probabilities', async () => {
    const weights = initialWeights(document, 1)
    const images = { shape: [2, 1, 28, 28], data: randomFloats('softmax', 2 * 28 * 28) }
    const scores = (await runModel(exportBytes(document, weights), { images }))['logits']
    const shares = (await runModel(exportBytes(document, weights, { softmax: true }), { images }))['probabilities']
    const exponentials = Array.from(scores?.data.subarray(0, 10) ?? [], Math.exp)
    const sum = exponentials.reduce((total, value) => total + value, 0)
    expectClose(
      shares?.data.subarray(0, 10),
      exponentials.map((value) => value / sum),
      1e-5,
    )
  })

  test('names are those of the network, the batch is free, and the file says where it comes from', () => {
    const graph = inferenceGraph(document, initialWeights(document, 1))
    expect(graph.inputs).toEqual([{ name: 'images', type: 'float32', shape: ['batch', 1, 28, 28] }])
    expect(graph.outputs).toEqual([{ name: 'logits', type: 'float32', shape: ['batch', 10] }])
    const made = graph.nodes.flatMap((node) => node.outputs)
    for (const name of ['conv1', 'pool2', 'flatten', 'activation4', 'logits']) expect(made).toContain(name)
    expect(graph.initializers.map(({ name }) => name)).toEqual(expect.arrayContaining(['conv1.kernel', 'dense3.bias']))
    expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(graph.nodes.length)
    const data = { dataset: 'digits', fingerprint: 'f', classes: ['a', 'b'], mean: [0.5], std: [0.25] }
    const description = describeModel(
      { studio: '1', network: 'LeNet-5', run: { id: 7, name: 'n', epoch: 2 }, data },
      {},
    )
    const { metadata, producer, opset } = readModel(serialiseModel(graph, exportOpset, description), 'model')
    expect(metadata).toMatchObject({ 'strata.run': '7', 'strata.mean': '[0.5]', 'strata.output': outputName({}) })
    expect(metadata['strata.classes']).toBe('["a","b"]')
    expect(producer).toBe('strata 1')
    expect(opset).toBe(17)
  })

  test('weights beyond a limit get a file of their own, which onnxruntime finds', async () => {
    const weights = initialWeights(document, 1)
    const graph = inferenceGraph(document, weights)
    const file = path.join(folder, 'outside.onnx')
    const written = writeOnnxFile(file, graph, {}, { externalFrom: 1000 })
    expect(written.dataFile).toBe(`${file}.data`)
    expect(statSync(file).size).toBeLessThan(20_000)
    const images = { shape: [1, 1, 28, 28], data: randomFloats('outside', 28 * 28) }
    const inside = await runModel(exportBytes(document, weights), { images })
    expect((await runModel(file, { images }))['logits']).toEqual(inside['logits'])
    expect(readFileSync(file).includes('outside.onnx.data')).toBe(true)
  })

  test('weights of another network are refused by name', () => {
    const weights = initialWeights(document, 1)
    const failing = (changed: readonly NamedTensor[]) => () => inferenceGraph(document, changed)
    expect(failing(weights.slice(1))).toThrow(/conv1\.kernel: they are weights of another network/)
    const first = weights[0] as NamedTensor
    expect(failing([{ ...first, shape: [150] }, ...weights.slice(1)])).toThrow(
      /conv1\.kernel has the shape \[6, 1, 5, 5\]/,
    )
  })
})
