/**
 * `npm run bench -- sanitize`: the native code under the address, undefined-behaviour and thread sanitizers (native/sanitize/stress.cpp, on plans of
 * every operation), and the addon for leaks: pipelines opened, used and closed thousands of times must not take more and more memory.
 * Needs a C++ compiler with its sanitizers. Ends with 1 when something was found.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PlanEncoder } from '../../../experiments/augmentation/encode-plan.ts'
import { normalTable } from '../../../experiments/augmentation/noise-source.ts'
import { augmentationWith } from '../../../experiments/augmentation/presets.ts'
import { augmentations } from '../../../experiments/augmentation/registry.ts'
import { loadNative } from '../../../native/load-addon.ts'
import { BatchPlans, newBatch, partnerOf } from '../batch-filler.ts'
import { NativeFiller } from '../native-filler.ts'
import type { Dataset } from '../open-dataset.ts'
import { noiseDataset } from './noise-dataset.ts'

const run = promisify(execFile)
const sources = join(import.meta.dirname, '..', '..', '..', 'native')
const folder = mkdtempSync(join(tmpdir(), 'strata-sanitize-'))
const compiler = process.env['CXX'] ?? 'c++'
const sanitizers = { 'address and undefined behaviour': 'address,undefined', threads: 'thread' }
const shapes = [
  { side: 32, out: 32, channels: 3 },
  { side: 40, out: 24, channels: 3 },
  { side: 28, out: 28, channels: 1 },
]

/** Grey where one channel is wanted: the first third of the noise. */
function datasetOf({ side, channels }: (typeof shapes)[number]): Dataset {
  const noise = noiseDataset(side, 30)
  if (channels === 3) return noise
  const { mean, std } = noise.statistics
  const pixels = noise.train.pixels.subarray(0, 30 * side * side)
  const components = [{ direction: [1], deviation: 0.2 }]
  return {
    ...{ ...noise, channels },
    statistics: { mean: mean.slice(0, 1), std: std.slice(0, 1), components },
    train: { ...noise.train, pixels },
  }
}

/** As stress.cpp reads it. */
function writePlans(file: string, shape: (typeof shapes)[number]): void {
  const { side, out, channels } = shape
  const input = { height: out, width: out, channels }
  const augment = augmentations
    .filter(({ needsColour }) => channels === 3 || !needsColour)
    .map(({ id, params }) => augmentationWith(id, 'probability' in params ? { probability: 0.5 } : {}))
  const examples = Uint32Array.from({ length: 60 }, (_, i) => (i * 7) % 30)
  const plans = new BatchPlans({ dataset: datasetOf(shape), input, augment, seed: 3 })
  const drawn = plans.draw({ epoch: 2, examples, batch: newBatch(examples.length, input) })
  const { values, offsets } = new PlanEncoder().encode(drawn, examples, 2, (plan) => partnerOf(plan, examples.length))
  const head = Int32Array.from([side, side, channels, out, out, 30, offsets.length, values.length])
  const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  writeFileSync(file, Buffer.concat([head, Float32Array.from(normalTable), offsets, values].map(bytes)))
}

async function sanitize(title: string, flags: string, plans: readonly string[]): Promise<boolean> {
  const program = join(folder, `stress-${flags.replace(',', '-')}`)
  const files = readdirSync(join(sources, 'src')).filter((name) => name.endsWith('.cpp') && name !== 'addon.cpp')
  await run(compiler, [
    ...[
      '-std=c++17',
      '-O1',
      '-g',
      '-fno-omit-frame-pointer',
      '-ffp-contract=off',
      '-DSTRATA_SANITIZED',
      `-fsanitize=${flags}`,
    ],
    ...['-fno-sanitize-recover=all', '-pthread', '-o', program, join(sources, 'sanitize', 'stress.cpp')],
    ...files.map((name) => join(sources, 'src', name)),
  ])
  for (const [i, file] of plans.entries()) {
    try {
      await run(program, [file], { maxBuffer: 2 ** 26 })
    } catch (cause) {
      const { stderr, message } = cause as { stderr?: string; message: string }
      process.stdout.write(`✗ ${title}, shape ${i + 1}:\n${stderr || message}\n`)
      return false
    }
  }
  process.stdout.write(`✓ ${title}: nothing found in ${plans.length} shapes\n`)
  return true
}

/** Memory of the process after one half of the work and after the other. */
async function leaks(): Promise<boolean> {
  const native = loadNative()
  if (!native.available) {
    process.stdout.write(`– leaks of the addon: ${native.reason}\n`)
    return true
  }
  const shape = shapes[0]!
  const input = { height: shape.out, width: shape.out, channels: shape.channels }
  const dataset = datasetOf(shape)
  const augment = augmentations.map(({ id }) => augmentationWith(id))
  const half = async (): Promise<number> => {
    for (let i = 0; i < 500; i++) {
      const filler = new NativeFiller(native.addon, { dataset, input, augment, seed: i }, 2)
      const batch = newBatch(32, input)
      const examples = Uint32Array.from({ length: 32 }, (_, at) => at % 30)
      await Promise.all([1, 2].map((epoch) => filler.fill({ epoch, examples, batch })))
      await filler.dispose()
    }
    globalThis.gc?.()
    return process.memoryUsage().rss / 2 ** 20
  }
  // Allocator and V8 take their share in steps of some ten MiB. Of a lost pipeline the tables alone would be 20 KB, 40 MiB for 2,000.
  for (let i = 0; i < 3; i++) await half()
  const before = await half()
  for (let i = 0; i < 3; i++) await half()
  const after = await half()
  const isFine = after - before < 32
  process.stdout.write(
    `${isFine ? '✓' : '✗'} leaks of the addon: ${before.toFixed(0)} MiB after 2,000 pipelines, ${after.toFixed(0)} MiB after 4,000\n`,
  )
  return isFine
}

try {
  const plans = shapes.map((shape, i) => {
    const file = join(folder, `plans-${i}`)
    writePlans(file, shape)
    return file
  })
  let isFine = true
  for (const [title, flags] of Object.entries(sanitizers)) isFine = (await sanitize(title, flags, plans)) && isFine
  isFine = (await leaks()) && isFine
  process.exitCode = isFine ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
