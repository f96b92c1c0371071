import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { optimizeProgram } from '../compiler/passes/optimize-program.ts'
import type { NamedTensor } from '../checkpoints/safetensors.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { ProgramSession } from '../engines/onnx/program-session.ts'
import { runProgram } from '../engines/reference/run-program.ts'
import { endOf, eventOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { emitGradCam, gradCamMap } from './grad-cam.ts'
import { lastFeatureMaps, mapShape } from './network-layers.ts'
import { lowerForInference } from './network-program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

describe('Grad-CAM on a tiny network', () => {
  const document: NetworkDocument = parseNetworkDocumentOrThrow({
    format: 'strata.network',
    version: 1,
    name: 'tiny',
    nodes: [
      { id: 'images', type: 'input', params: { channels: 2, height: 6, width: 5 } },
      { id: 'conv', type: 'conv2d', params: { filters: 3, kernel: 3, padding: 'same' } },
      { id: 'norm', type: 'batch-normalization' },
      { id: 'relu', type: 'relu' },
      { id: 'pool', type: 'max-pool2d', params: { kernel: 2 } },
      { id: 'flat', type: 'flatten' },
      { id: 'scores', type: 'dense', params: { units: 4 } },
      { id: 'classes', type: 'classifier' },
    ],
    edges: [
      ['images', 'conv'],
      ['conv', 'norm'],
      ['norm', 'relu'],
      ['relu', 'pool'],
      ['pool', 'flat'],
      ['flat', 'scores'],
      ['scores', 'classes'],
    ].map(([from, to]) => ({ source: from as string, target: to as string, targetPort: 'input' })),
  })
  const random = counterRandom({ seed: 3, purpose: 'test' })
  const numbers = (count: number, low: number, high: number): Float32Array =>
    Float32Array.from({ length: count }, () => low + (high - low) * random.uniform())
  const images = numbers(60, -1, 1)

  function build() {
    const network = lowerForInference(document, 1)
    const output = lastFeatureMaps(network)
    emitGradCam(network, output)
    const weights: NamedTensor[] = [...network.weights, ...network.states].map(({ name, shape }) => {
      const count = shape.reduce((a, b) => a * b, 1)
      return { name, shape, data: numbers(count, name.includes('variance') ? 0.5 : -0.7, 0.9) }
    })
    return { network, output, program: optimizeProgram(network.builder.finish()), weights }
  }

  test('maps and gradients of the fast engine are those of the reference, and the slope is that of the score', async () => {
    const { program, weights, output } = build()
    expect(output.id).toBe('pool')
    const classMask = Float32Array.of(0, 0, 1, 0)
    const session = await ProgramSession.open(program, weights)
    const fast = await session.run({ images, classMask })
    await session.close()
    const given = new Map(weights.map(({ name, data }) => [name, data]))
    const reference = runProgram(
      program,
      new Map(
        program.inputs.map(({ name, value: { type } }) => {
          const data = name === 'images' ? images : name === 'classMask' ? classMask : (given.get(name) as Float32Array)
          return [name, { shape: type.shape, data: Float64Array.from(data) }]
        }),
      ),
    )
    for (const name of ['logits', 'maps', 'gradient']) {
      const expected = [...(reference.get(name)?.data ?? [])]
      expect(expected.length).toBeGreaterThan(0)
      expect([...(fast.get(name) as Float32Array)].map((value, i) => value - (expected[i] as number))).toEqual(
        expected.map(() => expect.closeTo(0, 4) as number),
      )
    }
    // Behind pooling comes one dense layer: the gradient of a score by the maps is its row of the kernel.
    const kernel = weights.find(({ name }) => name === 'scores.kernel') as NamedTensor
    const inputs = kernel.data.length / 4
    const isByRow = kernel.shape[0] === 4
    const row = Array.from({ length: inputs }, (_, i) => kernel.data[isByRow ? 2 * inputs + i : i * 4 + 2] as number)
    expect([...(fast.get('gradient') as Float32Array)]).toEqual(row.map((value) => expect.closeTo(value, 5) as number))
    const { channels } = mapShape(output)
    const map = gradCamMap(fast.get('maps') as Float32Array, fast.get('gradient') as Float32Array, channels)
    expect(map).toHaveLength(6)
    expect(Math.max(...map)).toBeLessThanOrEqual(1)
    expect(Math.min(...map)).toBeGreaterThanOrEqual(0)
  })

  test('a map weighs channels by their mean gradient and keeps what speaks for the class', () => {
    const maps = [1, 0, 0, 0, 0, 2, 0, 0]
    expect(gradCamMap(maps, [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5], 2)).toEqual([1, 1, 0, 0])
    expect(gradCamMap(maps, [1, 1, 1, 1, -1, -1, -1, -1], 2)).toEqual([1, 0, 0, 0])
    expect(gradCamMap(maps, [0, 0, 0, 0, 0, 0, 0, 0], 2)).toEqual([0, 0, 0, 0])
  })
})

describe('a trained network', () => {
  let home: string
  let studio: Studio
  let run: number

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-inside-'))
    studio = await openTestStudio(home)
    const data = { dataset: 'shapes', limit: 6000, validation: 0.1 }
    const train = { ...smallExperiment.train, epochs: 6, learningRate: 0.05 }
    const recorded = eventOf(studio, 'inside.recorded', ({ step }) => step === 6 * Math.floor(5400 / 32))
    run = (await studio.handlers['runs.start']({ spec: { ...smallExperiment, data, train } })).id
    await endOf(studio, run)
    await recorded
  })
  afterAll(async () => {
    await studio.close()
    fs.rmSync(home, { recursive: true })
  })

  const example = (index: number) => ({ kind: 'example', split: 'test', example: index }) as const

  test('occlusion finds the shape: hiding it costs more than hiding the background', async () => {
    const dataset = await openDataset('shapes', { home })
    const bytes = dataset.height * dataset.width * dataset.channels
    const { labels, right, predicted } = await studio.handlers['evaluation.predictions']({ run, crops: 1 })
    // Images whose class the network is sure of, and whose shape stands out against the corners.
    const sure = labels.flatMap((label, i) => (predicted[i] === label && (right[i] ?? 0) > 0.8 ? [i] : [])).slice(0, 12)
    expect(sure.length).toBeGreaterThan(4)
    let hits = 0
    for (const index of sure) {
      const map = await studio.handlers['inside.occlusion']({ member: { run }, image: example(index) })
      expect(map.target).toBe(labels[index])
      expect(map.drops).toHaveLength(map.height * map.width)
      const most = map.drops.indexOf(Math.max(...map.drops))
      const y = ((Math.floor(most / map.width) + 0.5) / map.height) * dataset.height
      const x = (((most % map.width) + 0.5) / map.width) * dataset.width
      const pixels = dataset.test.pixels.subarray(index * bytes, (index + 1) * bytes)
      if (touchesShape(pixels, dataset, { x, y }, map.size / 2)) hits++
    }
    expect(hits / sure.length).toBeGreaterThan(0.8)
  })

  test('predictions of a look are those of the evaluation, and maps have the shape of the layer', async () => {
    const image = example(7)
    const maps = await studio.handlers['inside.featureMaps']({ member: { run }, image, layer: 'conv1', limit: 4 })
    const { predicted, labels } = await studio.handlers['evaluation.predictions']({ run, crops: 1 })
    expect(maps.image.top[0]?.label).toBe(predicted[7])
    expect(maps.image.label).toBe(labels[7])
    expect(maps.image.top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4)
    expect(maps.maps).toHaveLength(4)
    expect(maps.shape).toEqual([maps.channels, maps.height, maps.width])
    for (const { pixels, low, high } of maps.maps) {
      expect(Buffer.from(pixels, 'base64')).toHaveLength(maps.height * maps.width)
      expect(high).toBeGreaterThanOrEqual(low)
    }
  })

  test("an image of the user's gives what the same example gives", async () => {
    const dataset = await openDataset('shapes', { home })
    const bytes = dataset.height * dataset.width * dataset.channels
    const pixels = Buffer.from(dataset.test.pixels.subarray(3 * bytes, 4 * bytes)).toString('base64')
    const ask = (image: Parameters<Studio['handlers']['inside.gradCam']>[0]['image']) =>
      studio.handlers['inside.gradCam']({ member: { run }, image })
    const [own, known] = [await ask({ kind: 'pixels', pixels }), await ask(example(3))]
    expect(own.values).toEqual(known.values)
    expect(own.image.pixels).toBe(pixels)
    expect(own.image.label).toBeNull()
    await expect(ask({ kind: 'pixels', pixels: pixels.slice(0, 400) })).rejects.toMatchObject({
      code: 'shape-mismatch',
    })
    await expect(ask(example(2000))).rejects.toMatchObject({ code: 'out-of-range' })
  })

  test('filters, units and their strongest images', async () => {
    const filters = await studio.handlers['inside.filters']({ member: { run } })
    expect(filters).toMatchObject({ layer: 'conv1', channels: 3 })
    expect(Buffer.from(filters.filters[0]?.pixels ?? '', 'base64')).toHaveLength(filters.height * filters.width * 3)
    const how = { member: { run }, layer: 'conv1', offset: 0, limit: 3 }
    const found = await studio.handlers['inside.topExamples'](how)
    expect(found.shown).toHaveLength(3)
    for (const { unit, examples, activeShare } of found.shown) {
      expect(examples.map(({ value }) => value)).toEqual(examples.map(({ value }) => value).sort((a, b) => b - a))
      const [strongest] = examples
      if (!strongest) continue
      expect(activeShare).toBeGreaterThan(0)
      const image = example(strongest.example)
      const maps = await studio.handlers['inside.featureMaps']({ member: { run }, image, layer: 'conv1', limit: 64 })
      expect(maps.maps[unit]?.high).toBeCloseTo(strongest.value, 4)
      expect(strongest.box).toMatchObject({ height: 5, width: 5 })
    }
    await expect(studio.handlers['inside.topExamples']({ ...how, layer: 'conv7' })).rejects.toMatchObject({
      code: 'unknown-layer',
    })
  })

  test('layers are recorded while it trains, and measured again they are the same', async () => {
    const history = studio.handlers['inside.history']({ run, most: 60 })
    expect(history.map(({ step }) => step)).toEqual(history.map(({ step }) => step).sort((a, b) => a - b))
    expect(history[0]).toMatchObject({ epoch: 0, step: 0 })
    const last = history.at(-1)
    expect(last?.epoch).toBe(6)
    expect(last?.weights.map(({ node }) => node)).toContain('conv1')
    for (const { updateRatio, gradientNorm, histogram } of last?.weights ?? []) {
      expect(updateRatio).toBeGreaterThan(0)
      expect(updateRatio).toBeLessThan(1)
      expect(gradientNorm).toBeGreaterThan(0)
      expect(histogram.counts.reduce((a, b) => a + b)).toBeGreaterThan(0)
    }
    expect(await studio.handlers['inside.measure']({ member: { run, epoch: 6 } })).toEqual(last)
  })
})

/** Whether pixels around a place differ from all four corners, as the shape does from its background. */
function touchesShape(
  pixels: Uint8Array,
  { height, width, channels }: { height: number; width: number; channels: number },
  at: { x: number; y: number },
  reach: number,
): boolean {
  const colour = (y: number, x: number) =>
    [0, 1, 2].map((channel) => pixels[(y * width + x) * channels + channel] as number)
  const corners = [colour(1, 1), colour(1, width - 2), colour(height - 2, 1), colour(height - 2, width - 2)]
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - (b[i] as number)))
  for (let y = Math.max(0, Math.floor(at.y - reach)); y < Math.min(height, at.y + reach); y++) {
    for (let x = Math.max(0, Math.floor(at.x - reach)); x < Math.min(width, at.x + reach); x++) {
      if (corners.every((corner) => distance(colour(y, x), corner) > 90)) return true
    }
  }
  return false
}
