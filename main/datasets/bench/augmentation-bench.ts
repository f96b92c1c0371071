/**
 * `npm run bench -- augmentation`: how many images a second are augmented into batches, beside torchvision v2 and Albumentations, on the same
 * images, with one thread and with two, in rounds of one run. Prints the ratios of each round's pair: median, least to most.
 * Options: --seconds N a measurement (default 2), --rounds N (default 5), --own (without the peers). The peers' Python is STRATA_PYTHON.
 */
import { execFile } from 'node:child_process'
import os from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseArgs } from 'node:util'
import { augmentationPreset } from '../../../experiments/augmentation/presets.ts'
import { loadNative } from '../../../native/load-addon.ts'
import { JsonPeer } from '../../tuning/bench/json-peer.ts'
import { newBatch, ReferenceFiller, type BatchFiller, type FillerOptions } from '../batch-filler.ts'
import { NativeFiller } from '../native-filler.ts'
import { noiseDataset } from './noise-dataset.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    own: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)

interface Recipe {
  readonly id: 'cifar' | 'imagenet'
  readonly title: string
  readonly side: number
  readonly images: number
  readonly inputSide: number
  readonly batch: number
}

const recipes: readonly Recipe[] = [
  { id: 'cifar', title: 'CIFAR: crop, mirror, normalise; 32x32', side: 32, images: 10_000, inputSide: 32, batch: 128 },
  {
    id: 'imagenet',
    title: 'ImageNet: random resized crop 224, mirror, colours, lighting; from 256x256',
    ...{ side: 256, images: 256, inputSide: 224, batch: 32 },
  },
]
const peers = ['torchvision', 'albumentations'] as const

/** With the next batch asked for while one is used, as in training. */
async function measure(filler: BatchFiller, { images, inputSide, batch }: Recipe): Promise<number> {
  const batches = [0, 1, 2].map(() => newBatch(batch, { height: inputSide, width: inputSide, channels: 3 }))
  let next = 0
  const ask = (): Promise<void> => {
    const examples = Uint32Array.from({ length: batch }, (_, i) => (next * batch + i) % images)
    const filled = filler.fill({ epoch: next, examples, batch: batches[next % batches.length]! })
    next += 1
    return filled
  }
  const ahead = [ask(), ask()]
  const step = async (): Promise<void> => {
    ahead.push(ask())
    await ahead.shift()
  }
  for (let i = 0; i < 4; i++) await step()
  let count = 0
  const start = performance.now()
  while (performance.now() - start < seconds * 1000) {
    await step()
    count += batch
  }
  const rate = (count * 1000) / (performance.now() - start)
  await Promise.all(ahead)
  await filler.dispose()
  return rate
}

function options(recipe: Recipe): FillerOptions {
  return {
    dataset: noiseDataset(recipe.side, recipe.images),
    input: { height: recipe.inputSide, width: recipe.inputSide, channels: 3 },
    augment: augmentationPreset(recipe.id, recipe.side, false),
    seed: 1,
  }
}

async function findPython(): Promise<string | undefined> {
  for (const python of [process.env['STRATA_PYTHON'], 'python3', 'python']) {
    if (!python) continue
    const found = await promisify(execFile)(python, ['-c', 'import torch, torchvision, albumentations']).then(
      () => true,
      () => false,
    )
    if (found) return python
  }
  return undefined
}

const spread = (numbers: readonly number[]): string => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return `${median.toFixed(2)}x (${sorted[0]?.toFixed(2)}-${sorted.at(-1)?.toFixed(2)})`
}
const rate = (numbers: readonly number[]): string => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toLocaleString('en-US')
}

const native = loadNative()
const python = values.own ? undefined : await findPython()
if (!python && !values.own) {
  process.stderr.write(
    'torchvision and Albumentations are not there: make an environment (python3 -m venv DIR; DIR/bin/pip install torch torchvision albumentations) and name its Python in STRATA_PYTHON. Our numbers alone:\n',
  )
}
const peer = python ? new JsonPeer(python, [join(import.meta.dirname, 'augmentation_peer.py')]) : undefined
const load = os.loadavg()[0]!.toFixed(1)
process.stdout.write(`${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, load before: ${load}\n`)
process.stdout.write(native.available ? 'ours: native\n' : `ours: TypeScript (${native.reason})\n`)
if (peer) process.stdout.write(`${JSON.stringify(await peer.ask({ do: 'versions' }))}\n`)

for (const recipe of recipes) {
  process.stdout.write(`\n${recipe.title}\n`)
  process.stdout.write(
    '| threads | ours, images/s | torchvision | ratio | Albumentations | ratio |\n|---|---|---|---|---|---|\n',
  )
  for (const threads of [1, 2]) {
    const ours: number[] = []
    const theirs = { torchvision: [] as number[], albumentations: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      const filler = native.available
        ? new NativeFiller(native.addon, options(recipe), threads)
        : new ReferenceFiller(options(recipe), native.reason)
      ours.push(await measure(filler, recipe))
      for (const library of peer ? peers : []) {
        const { side, images, batch, id } = recipe
        const task = { do: 'measure', library, recipe: id, side, images, batch, threads, seconds }
        theirs[library].push((await peer!.ask<{ imagesPerSecond: number }>(task)).imagesPerSecond)
      }
    }
    const ratio = (of: readonly number[]): string => (of.length ? spread(ours.map((own, i) => own / of[i]!)) : '-')
    const { torchvision, albumentations } = theirs
    process.stdout.write(
      `| ${threads} | ${rate(ours)} | ${peer ? rate(torchvision) : '-'} | ${ratio(torchvision)} | ${peer ? rate(albumentations) : '-'} | ${ratio(albumentations)} |\n`,
    )
  }
}
peer?.close()
