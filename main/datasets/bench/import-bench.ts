/**
 * `npm run bench -- import`: imports a tar archive of a million images of 32x32 and reads batches from them in random order; prints the time and
 * the largest anonymous memory of each part (mapped pixels belong to the file and can be taken back at any time, so they are not counted).
 * Options: --images N (default 1000000), --folder DIR for its files (default: the temporary folder; about 4 KB an image).
 */
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { augmentationPreset } from '../../../experiments/augmentation/presets.ts'
import { permutation } from '../../../experiments/random/counter-random.ts'
import { newBatch } from '../batch-filler.ts'
import { importDataset } from '../import/import-dataset.ts'
import { importRequest } from '../import/import-options.ts'
import { createFiller } from '../native-filler.ts'
import { openDataset } from '../open-dataset.ts'

const { values } = parseArgs({
  options: { images: { type: 'string', default: '1000000' }, folder: { type: 'string', default: tmpdir() } },
})
const count = Number(values.images)
const classes = 100
const different = 1000
const home = mkdtempSync(join(values.folder, 'strata-million-'))

/** Of this process, in MiB; on systems without /proc all of its memory. */
function anonymousMemory(): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  } catch {
    return process.memoryUsage().rss / 2 ** 20
  }
}

async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  let most = anonymousMemory()
  const watch = setInterval(() => (most = Math.max(most, anonymousMemory())), 100)
  const start = performance.now()
  const result = await work()
  clearInterval(watch)
  const seconds = (performance.now() - start) / 1000
  const rate = Math.round(count / seconds).toLocaleString('en-US')
  process.stdout.write(
    `${what}: ${seconds.toFixed(1)} s, ${rate} images/s, at most ${Math.max(most, anonymousMemory()).toFixed(0)} MiB\n`,
  )
  return result
}

/** A ustar archive, written as a stream. */
async function writeArchive(file: string): Promise<void> {
  const images = await Promise.all(
    Array.from({ length: different }, (_, i) => {
      const pixels = Buffer.alloc(32 * 32 * 3)
      for (let at = 0; at < pixels.length; at++) pixels[at] = (at * (i + 3) + ((at >> 5) ^ i)) & 255
      return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toBuffer()
    }),
  )
  const out = createWriteStream(file, { highWaterMark: 2 ** 22 })
  for (let i = 0; i < count; i++) {
    const image = images[i % different]!
    const head = Buffer.alloc(512)
    head.write(`class-${i % classes}/${String(i).padStart(7, '0')}.png`, 0)
    for (const at of [100, 108, 116]) head.write('0000644\x00', at)
    head.write(`${image.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        0`, 124)
    head.write('ustar\x0000', 257)
    const sum = head.reduce((total, byte) => total + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const padding = Buffer.alloc((512 - (image.length % 512)) % 512)
    if (!out.write(Buffer.concat([head, image, padding]))) await once(out, 'drain')
  }
  out.end(Buffer.alloc(1024))
  await once(out, 'finish')
}

process.stdout.write(
  `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, load before: ${os.loadavg()[0]!.toFixed(1)}\n`,
)
try {
  const source = join(home, 'images.tar')
  await writeArchive(source)
  const request = importRequest.parse({ name: 'million' })
  await measured(`import of ${count.toLocaleString('en-US')} images of 32x32`, () =>
    importDataset({ home, source, request }),
  )
  const dataset = await measured('opening it (hashes checked)', () => openDataset('million', { home }))
  await measured('one epoch of augmented batches in random order', async () => {
    const input = { height: 32, width: 32, channels: 3 }
    const filler = createFiller({ dataset, input, augment: augmentationPreset('cifar', 32, false), seed: 1 })
    const order = permutation(1, 'bench', 1, dataset.train.count)
    const batch = newBatch(128, input)
    for (let at = 0; at + 128 <= order.length; at += 128)
      await filler.fill({ epoch: 1, examples: order.subarray(at, at + 128), batch })
    await filler.dispose()
  })
} finally {
  rmSync(home, { recursive: true, force: true })
}
