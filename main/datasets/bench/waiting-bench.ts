/**
 * `npm run bench -- waiting`: which share of a training's steps is spent waiting for data, without augmentation, with the lists of papers and with one that
 * does everything at once, for one and two threads. Real runs of the trainer on the built-in shapes. Options: --examples N (default 6400).
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
import { openDataset } from '../open-dataset.ts'

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

const native = loadNative()
process.stdout.write(
  `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, load before: ${os.loadavg()[0]!.toFixed(1)}; batches: ${native.available ? 'native' : native.reason}\n`,
)
process.stdout.write('| network | list | threads | waiting for data | images/s |\n|---|---|---|---|---|\n')
try {
  await openDataset('shapes', { home })
  for (const [network, batchSize] of [
    ['lenet5', 128],
    ['resnet20', 64],
  ] as const) {
    for (const [title, list] of Object.entries(lists)) {
      for (const threads of [1, 2]) {
        const { wait, imagesPerSecond } = await train(network, batchSize, list, threads)
        process.stdout.write(
          `| ${network} | ${title} | ${threads} | ${(100 * wait).toFixed(2)} % | ${Math.round(imagesPerSecond)} |\n`,
        )
      }
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
