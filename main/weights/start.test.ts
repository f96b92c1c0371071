/** Beginning from given weights: which layers take them, which stay as they are, and that it can be repeated. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { StudioError, type JsonObject } from '../../experiments/errors/studio-error.ts'
import { groupNodes } from '../../experiments/editing/edit-blocks.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { encodeSafetensors, type NamedTensor } from '../checkpoints/safetensors.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { systemFiles } from '../files/file-operations.ts'
import { writeWholeFile } from '../files/write-whole-file.ts'
import { randomFloats } from '../onnx-exchange/close-numbers.fixture.ts'
import { initialWeights } from '../onnx-exchange/export/initial-weights.ts'
import { EngineSurvey } from '../engines/survey/engine-survey.ts'
import { prepareRun } from '../queue/prepare-run.ts'
import { endOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import { openSession } from '../trainer/run-session.ts'
import { trainRun } from '../trainer/train-run.ts'
import type { FromTrainer, TrainerJob } from '../trainer/trainer-protocol.ts'
import { readCheckpoint } from '../checkpoints/checkpoint-file.ts'
import { weightsSha256 } from '../trainer/weights-hash.ts'
import type { RunWeights } from './run-weights.ts'

vi.setConfig({ testTimeout: 120_000 })

/** No test here asks for an engine that needs a process of its own. */
const engines = new EngineSurvey({ probe: { nodePath: process.execPath, entry: 'none' }, home: 'none' })
let home: string
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-start-'))
  await openDataset('shapes', { home })
}, 60_000)
afterAll(() => fs.rmSync(home, { recursive: true }))

/** With statistics and dropout: both behave differently in training. */
function network(classes: number): NetworkDocument {
  const nodes = [
    { id: 'input', type: 'input', params: { height: 32, width: 32, channels: 3 } },
    { id: 'conv1', type: 'conv2d', params: { filters: 8, stride: 2 } },
    { id: 'norm1', type: 'batch-normalization' },
    { id: 'relu1', type: 'relu' },
    { id: 'pool', type: 'max-pool2d', params: { kernel: 4, stride: 4 } },
    { id: 'flatten', type: 'flatten' },
    { id: 'dropout', type: 'dropout', params: { rate: 0.2 } },
    { id: 'dense', type: 'dense', params: { units: classes } },
    { id: 'classifier', type: 'classifier' },
  ]
  const edges = nodes.slice(1).map((node, i) => ({ source: nodes[i]?.id ?? '', target: node.id }))
  return { format: 'strata.network', version: 1, name: 'start', nodes, edges }
}

/** Weights of a network for seven classes, none of them at its initial value. */
const given: readonly NamedTensor[] = initialWeights(network(7), 99).map(({ name, shape, data }) => {
  const noise = randomFloats(name, data.length, 0.02)
  return { name, shape, data: data.map((value, i) => value + Math.abs(noise[i] ?? 0)) }
})

function weightsFile(tensors: readonly NamedTensor[] = given, name = 'given'): string {
  const file = path.join(home, `${name}.safetensors`)
  writeWholeFile(systemFiles, file, encodeSafetensors({ metadata: {}, tensors }))
  return file
}

const place = () => ({
  home,
  engines,
  weightsOfRun: (run: number): RunWeights => {
    if (run === 1) return { file: weightsFile(), network: network(7) }
    throw new StudioError('run-not-found', `there is no run ${run}`)
  },
})

function experiment(start: JsonObject, classes = 7): JsonObject {
  return {
    version: 1,
    name: 'start',
    network: { document: network(classes) as unknown as JsonObject },
    start,
    data: { dataset: 'shapes', limit: 640 },
    train: { epochs: 1, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.05 },
    seed: 4,
  }
}

let runs = 0
async function jobOf(json: JsonObject): Promise<TrainerJob> {
  const { run } = await prepareRun(json, place())
  const number = ++runs
  return {
    run: number,
    home,
    spec: run.spec,
    document: { ...run.document },
    experiment: 'hash',
    engine: 'onnxruntime',
    threads: 2,
    studio: { version: 'test', commit: null },
    checkpointFolder: path.join(home, 'checkpoints', `run-${number}`),
    checkpoints: [],
    pauseAfterEpoch: null,
  }
}

const shape = { input: { height: 32, width: 32, channels: 3 }, classes: 10 }

async function startOf(json: JsonObject): Promise<ReadonlyMap<string, NamedTensor>> {
  const session = await openSession(await jobOf(json), shape, false)
  const weights = await session.readWeights()
  await session.dispose()
  return new Map(weights.map((tensor) => [tensor.name, tensor]))
}

async function train(json: JsonObject) {
  const job = await jobOf(json)
  const messages: FromTrainer[] = []
  const last = await trainRun(job, { files: systemFiles, shouldStop: false, send: (message) => messages.push(message) })
  const checkpoint = messages.findLast((message) => message.type === 'checkpoint')
  if (!checkpoint || last.type !== 'finished') throw new Error('the run did not finish')
  const { tensors } = readCheckpoint(systemFiles, job.checkpointFolder, checkpoint)
  return { job, last, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) }
}

const bits = (data: Float32Array | undefined): string =>
  data ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex') : 'nothing'
const dataOf = (name: string): Float32Array | undefined => given.find((tensor) => tensor.name === name)?.data
const features = ['conv1.kernel', 'conv1.bias', 'norm1.scale', 'norm1.shift', 'norm1.mean', 'norm1.variance']

describe('a start from given weights', () => {
  test('frozen weights and statistics stay as they are to the last bit, the new head learns, and it can be repeated', async () => {
    const json = experiment({ weights: weightsFile(), freeze: 'all', head: 'new' })
    const begin = await startOf(json)
    const { last, tensors } = await train(json)
    for (const name of features) expect(bits(tensors.get(name)?.data), name).toBe(bits(dataOf(name)))
    expect(tensors.get('dense.kernel')?.shape).toEqual([10, 128])
    expect(bits(tensors.get('dense.kernel')?.data)).not.toBe(bits(begin.get('dense.kernel')?.data))
    expect([...tensors.keys()].filter((name) => name.endsWith('/velocity'))).toEqual([
      'dense.kernel/velocity',
      'dense.bias/velocity',
    ])
    const again = await train(json)
    expect(again.last.weightsSha256).toBe(last.weightsSha256)
  })

  test('without freezing, everything begins there and learns', async () => {
    const json = experiment({ weights: weightsFile(), head: 'new' })
    const begin = await startOf(json)
    const { tensors } = await train(json)
    for (const name of features) {
      expect(bits(begin.get(name)?.data), name).toBe(bits(dataOf(name)))
      expect(bits(tensors.get(name)?.data), name).not.toBe(bits(dataOf(name)))
    }
  })

  test('only the named layers take weights; the others begin as from this seed alone', async () => {
    const begin = await startOf(experiment({ weights: weightsFile(), layers: ['norm*'] }, 10))
    const drawn = new Map(initialWeights(network(10), 4).map((tensor) => [tensor.name, tensor]))
    for (const [name, { data }] of begin) {
      const expected = name.startsWith('norm1') ? dataOf(name) : drawn.get(name)?.data
      expect(bits(data), name).toBe(bits(expected))
    }
  })

  test('the weights are pinned: the file may go, and another content is refused', async () => {
    const file = weightsFile(given, 'moving')
    const { spec } = await jobOf(experiment({ weights: file, head: 'new' }))
    fs.rmSync(file)
    const json = experiment({ weights: file, head: 'new', sha256: spec.start?.sha256 ?? '' })
    expect((await startOf(json)).get('conv1.kernel')?.data).toEqual(dataOf('conv1.kernel'))
    const other = weightsFile(
      given.map((tensor) => ({ ...tensor, data: tensor.data.map((value) => value + 1) })),
      'other',
    )
    const swapped = experiment({ weights: other, head: 'new', sha256: '0'.repeat(64) })
    await expect(prepareRun(swapped, place())).rejects.toThrow(/has the checksum/)
  })

  test('layers that went into a block take along what they had learnt', async () => {
    const grouped = groupNodes(null, ['conv1', 'norm1', 'relu1', 'pool'], 'Features').apply(network(7))
    if (!grouped.ok) throw new Error('the layers could not be grouped')
    const json = experiment({ weights: 1, head: 'new' })
    const begin = await startOf({ ...json, network: { document: grouped.document as unknown as JsonObject } })
    for (const name of features) expect(bits(begin.get(`features/${name}`)?.data), name).toBe(bits(dataOf(name)))
  })

  test('every problem is named at once, with what to do', async () => {
    const problems = async (start: JsonObject, classes = 10): Promise<string[]> => {
      const error = await prepareRun(experiment(start, classes), place()).catch((thrown: unknown) => thrown)
      if (!(error instanceof StudioError)) throw new Error('it was not refused')
      const { issues } = error.details as unknown as { issues: { path: string; message: string }[] }
      return issues.map((issue) => `${issue.path}: ${issue.message}`)
    }
    expect(await problems({ weights: '/nowhere.safetensors' })).toEqual([
      expect.stringContaining('start.weights: /nowhere'),
    ])
    expect(await problems({ weights: 17 })).toEqual(['start.weights: there is no run 17'])
    const file = weightsFile()
    expect(await problems({ weights: file, freeze: ['cnov1', 'conv1'] })).toEqual([
      'start.freeze: "cnov1" names no layer of the network; did you mean "conv1"?',
      expect.stringMatching(
        /dense\.kernel has the shape \[7, 128\] in the weights, but \[10, 128\].*set start\.head to "new"/,
      ),
      expect.stringContaining('dense.bias'),
    ])
    expect(await problems({ weights: file, freeze: 'all', layers: ['conv1'] })).toEqual([
      expect.stringContaining('freezes every layer'),
    ])
    expect(await problems({ weights: weightsFile(given.slice(1), 'short'), head: 'new' })).toEqual([
      expect.stringContaining('the weights have no conv1.kernel'),
    ])
    expect(await problems({ weights: import.meta.filename })).toEqual([expect.stringContaining('start.weights')])
  })

  test('another run is a start too, through the service and a trainer process', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-start-run-'))
    const studio = await openTestStudio(folder)
    const small = { ...smallExperiment, train: { ...smallExperiment.train, epochs: 1 } }
    const first = await studio.handlers['runs.start']({ spec: small })
    expect(await endOf(studio, first.id)).toMatchObject({ status: 'finished' })
    const spec = { ...small, start: { weights: first.id, freeze: ['conv*'], head: 'new' } }
    const second = await studio.handlers['runs.start']({ spec })
    expect(await endOf(studio, second.id)).toMatchObject({ status: 'finished', error: null })
    const weightsOf = (run: number) => {
      const [newest] = studio.handlers['runs.get']({ run }).checkpoints
      if (!newest) throw new Error(`run ${run} has no checkpoint`)
      const { tensors } = readCheckpoint(systemFiles, path.join(folder, 'checkpoints', `run-${run}`), newest)
      return weightsSha256(tensors.filter(({ name }) => /^conv\d\.(kernel|bias)$/.test(name)))
    }
    expect(weightsOf(second.id)).toBe(weightsOf(first.id))
    await studio.close()
  })
})
