/**
 * `npm run bench -- waiting`: which share of a training's steps is spent waiting for data, without augmentation, with the lists of papers and with one that
 * does everything at once, for one and two threads. Real runs of the trainer on the built-in shapes. Beside it: the processor time that a batch costs
 * alone, for each of the threads, and how long a step takes without augmentation, both for one image. Where the former is smaller, nothing should be
 * waited for. Options: --examples N (default 6400).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { augmentationPreset, augmentationWith } from '../../../experiments/augmentation/presets.ts'
import type { AugmentationSpec } from '../../../experiments/augmentation/augmentation-spec.ts'
import { parseExperimentSpec } from '../../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import { loadNative } from '../../../native/load-addon.ts'
import { systemFiles } from '../../files/file-operations.ts'
import { trainRun } from '../../trainer/train-run.ts'
import type { FromTrainer, TrainerJob } from '../../trainer/trainer-protocol.ts'
import { newBatch } from '../batch-filler.ts'
import { createFiller } from '../native-filler.ts'
import { openDataset, type Dataset } from '../open-dataset.ts'

const { values } = parseArgs({ options: { examples: { type: 'string', default: '6400' } } })
const examples = Number(values.examples)
const home = mkdtempSync(join(tmpdir(), 'strata-waiting-'))
const lists: Readonly<Record<string, readonly AugmentationSpec[]>> = {
  none: [],
  CIFAR: augmentationPreset('cifar', 32, false),
  ImageNet: augmentationPreset('imagenet', 32, false),
  everything: ['rotation', 'perspective', 'elastic', 'blur', 'hue', 'noise', 'cut-out', 'mixup'].map((type) =>
    augmentationWith(type),
  ),
}

async function train(network: string, batchSize: number, augment: readonly AugmentationSpec[], threads: number) {
  const spec = parseExperimentSpec({
    ...{ version: 1, name: 'waiting', network: { zoo: network }, seed: 1 },
    data: { dataset: 'shapes', limit: examples, validation: 0, augment, threads },
    train: { epochs: 1, batchSize, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.01 },
  })
  const job: TrainerJob = {
    ...{ run: 1, home, spec, experiment: 'waiting', engine: 'onnxruntime', threads: os.availableParallelism() },
    document: { ...zooNetwork(network, { input: { height: 32, width: 32, channels: 3 }, classes: 10 }) },
    studio: { version: 'bench', commit: null },
    checkpointFolder: join(home, 'checkpoints', `${network}-${threads}-${Math.random()}`),
    checkpoints: [],
    pauseAfterEpoch: null,
  }
  const waits: number[] = []
  let imagesPerSecond = 0
  const take = (message: FromTrainer): void => {
    if (message.type === 'metrics') {
      waits.push(...message.points.flatMap(({ name, value }) => (name === 'dataWait' ? [value] : [])))
    }
    if (message.type === 'epoch') imagesPerSecond = message.result.imagesPerSecond
  }
  await trainRun(job, { files: systemFiles, send: take, shouldStop: false })
  // The first dispatch waits for the first batches, whatever the list.
  const steady = waits.slice(1)
  return { wait: steady.reduce((sum, share) => sum + share, 0) / Math.max(1, steady.length), imagesPerSecond }
}

/** Microseconds of processor time, drawing and all, by one thread that has nothing else to do. */
async function batchCost(dataset: Dataset, augment: readonly AugmentationSpec[]): Promise<number> {
  const size = 128
  const input = { height: 32, width: 32, channels: 3 }
  const filler = createFiller({ dataset, input, augment, seed: 1 }, { threads: 1 })
  const batch = newBatch(size, input)
  const fill = async (epochs: number): Promise<void> => {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const examples = Uint32Array.from({ length: size }, (_, i) => (i * 41) % dataset.train.count)
      await filler.fill({ epoch, examples, batch })
    }
  }
  await fill(30)
  const before = process.cpuUsage()
  await fill(60)
  const { user, system } = process.cpuUsage(before)
  await filler.dispose()
  return (user + system) / 60 / size
}

const native = loadNative()
process.stdout.write(
  `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, load before: ${os.loadavg()[0]!.toFixed(1)}; batches: ${native.available ? 'native' : native.reason}\n`,
)
process.stdout.write(
  '| network | list | threads | a batch, µs/image/thread | a step, µs/image | waiting for data | images/s |\n|---|---|---|---|---|---|---|\n',
)
try {
  const dataset = await openDataset('shapes', { home })
  const costs = new Map<string, number>()
  for (const [title, list] of Object.entries(lists)) costs.set(title, await batchCost(dataset, list))
  for (const [network, batchSize] of [
    ['lenet5', 128],
    ['resnet20', 64],
  ] as const) {
    let step = Number.NaN
    for (const [title, list] of Object.entries(lists)) {
      for (const threads of [1, 2]) {
        const { wait, imagesPerSecond } = await train(network, batchSize, list, threads)
        if (Number.isNaN(step)) step = 1e6 / imagesPerSecond
        const cost = costs.get(title)! / threads
        process.stdout.write(
          `| ${network} | ${title} | ${threads} | ${cost.toFixed(1)} | ${step.toFixed(1)} | ${(100 * wait).toFixed(2)} % | ${Math.round(imagesPerSecond)} |\n`,
        )
      }
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
